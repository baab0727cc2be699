// Words of a line of litmus text: `word`, `key=value`, `key="a text"`, `"a key"=value`; `#` after a blank starts a comment.

import { TraceError } from './format.js';

export interface Token {
  readonly key: string;
  /** Absent for a bare word. */
  readonly value: string | undefined;
  /** The key stood in quotes, so it is never a word of the grammar. */
  readonly quoted: boolean;
  /** As it stands in the line. */
  readonly text: string;
}

/** Where a line stands, for errors. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };

const QUOTED = /"([^"\\]*(?:\\.[^"\\]*)*)"/y;

const TAB = 9;
const BLANK = 32;
const QUOTE = 34;
const HASH = 35;
const EQUALS = 61;

function unquote(text: string, place: Place): string {
  return text.replace(/\\(.)/g, (found, letter: string) => {
    const plain = ESCAPES[letter];
    if (plain === undefined) throw new TraceError(place.file, place.line, found, 'one of \\" \\\\ \\n \\r \\t');
    return plain;
  });
}

class Scanner {
  #at = 0;
  readonly #line: string;
  readonly #place: Place;

  constructor(line: string, place: Place) {
    this.#line = line;
    this.#place = place;
  }

  next(): Token | undefined {
    while (this.#isBlank()) this.#at++;
    const start = this.#at;
    const first = this.#line.charCodeAt(start);
    if (start === this.#line.length || first === HASH) return undefined;
    const quoted = first === QUOTE;
    const key = quoted ? this.#quoted() : this.#bare(EQUALS);
    const value = this.#line.charCodeAt(this.#at) === EQUALS ? this.#value() : undefined;
    if (this.#at < this.#line.length && !this.#isBlank()) throw this.#error(start, 'a blank after the value');
    if (key === '' && !quoted) throw this.#error(start, 'a word');
    return { key, value, quoted, text: this.#line.slice(start, this.#at) };
  }

  #isBlank(): boolean {
    const code = this.#line.charCodeAt(this.#at);
    return code === BLANK || code === TAB;
  }

  #value(): string {
    this.#at++;
    if (this.#line.charCodeAt(this.#at) === QUOTE) return this.#quoted();
    const value = this.#bare(BLANK);
    if (value === '') throw this.#error(this.#at, 'a value');
    return value;
  }

  /** Everything up to the next blank, or `end`. */
  #bare(end: number): string {
    const start = this.#at;
    while (this.#at < this.#line.length && !this.#isBlank() && this.#line.charCodeAt(this.#at) !== end) this.#at++;
    return this.#line.slice(start, this.#at);
  }

  #quoted(): string {
    QUOTED.lastIndex = this.#at;
    const [all, inner] = QUOTED.exec(this.#line) ?? [];
    if (all === undefined || inner === undefined) throw this.#error(this.#at, 'a closing "');
    this.#at += all.length;
    return inner.includes('\\') ? unquote(inner, this.#place) : inner;
  }

  #error(start: number, expected: string): TraceError {
    return new TraceError(this.#place.file, this.#place.line, this.#line.slice(start), expected);
  }
}

export function tokenize(line: string, place: Place): Token[] {
  const scanner = new Scanner(line, place);
  const tokens: Token[] = [];
  for (let token = scanner.next(); token !== undefined; token = scanner.next()) tokens.push(token);
  return tokens;
}
