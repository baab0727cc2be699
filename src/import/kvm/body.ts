// Cursor over the body of one trace line: words and numbers in a row, on the bytes. The first thing that does not fit
// makes the whole body unfit; a reader asks `done()` once, at its end, before it hands anything on.

import type { KvmAssembler } from './assembler.js';
import { Text, Word } from './text.js';

/** What a body means, as a call of the assembler: a pure function of the body's text, so that it can be kept. */
export type Act<A = KvmAssembler> = (assembler: A) => void;

/** Reads one body; undefined if it is not what the recorder prints. */
export type ReadBody<A = KvmAssembler> = (body: Body) => Act<A> | undefined;

/** The body is of the event, and means nothing here. */
export const NOTHING: Act<unknown> = () => {};

const ZERO = 48;
const SPACE = 32;
const MINUS = 45;
/** Names remembered: one for each value of the highest bits of a hash. */
const NAMES = 256;
/** Addresses of user space have 48 bits at most. */
const POINTERS = 2 ** 48;
const HEX = new Word('0x');
const FAULT = new Word('(fault)');

interface Name {
  readonly word: Word;
  readonly text: string;
}

/** Value of a hexadecimal digit, -1 for any other byte. */
function hexDigit(byte: number): number {
  if (byte >= ZERO && byte <= 57) return byte - ZERO;
  if (byte >= 97 && byte <= 102) return byte - 87;
  return -1;
}

export class Body {
  #text = new Text(Buffer.alloc(0));
  #from = 0;
  #at = 0;
  #to = 0;
  #ok = true;
  /** High half of the number that `hexLong` read last. */
  high = 0;
  /** What was read last fitted, whatever followed. */
  partly = false;
  /** Names that `until` has read, by their bytes. */
  readonly #names: (Name | undefined)[] = Array.from({ length: NAMES }, () => undefined);

  /** Sets out at `at`; at `to` the line ends. */
  open(text: Text, at: number, to: number): void {
    this.#text = text;
    this.#from = at;
    this.#at = at;
    this.#to = to;
    this.#ok = true;
    this.partly = false;
  }

  /** `act` if everything fitted and nothing is left. */
  whole<A>(act: Act<A>): Act<A> | undefined {
    return this.#ok && this.#at === this.#to ? act : undefined;
  }

  /** `act` if everything fitted so far, whatever follows. */
  begun<A>(act: Act<A>): Act<A> | undefined {
    this.partly = true;
    return this.#ok ? act : undefined;
  }

  /** The word that must stand here. */
  word(word: Word): void {
    if (!this.skip(word)) this.#ok = false;
  }

  /** Goes behind `word` if it stands here. */
  skip(word: Word): boolean {
    if (!word.stands(this.#text, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  decimal(): number {
    const { bytes } = this.#text;
    const start = this.#at;
    let p = start;
    let value = 0;
    for (let d = (bytes[p] ?? 0) - ZERO; d >= 0 && d <= 9; d = (bytes[++p] ?? 0) - ZERO) value = value * 10 + d;
    if (p === start) this.#ok = false;
    this.#at = p;
    return value;
  }

  /** A number, decimal if it is not given, that must be below `limit`. */
  below(limit: number, value = this.decimal()): number {
    if (value >= limit) this.#ok = false;
    return value;
  }

  signed(): number {
    if (this.#text.bytes[this.#at] !== MINUS) return this.decimal();
    this.#at++;
    return -this.decimal();
  }

  /** Without `0x`; `digits`: how many the recorder prints, where it fills up with zeros. */
  hex(digits?: number): number {
    const { bytes } = this.#text;
    const start = this.#at;
    let p = start;
    let value = 0;
    for (let d = hexDigit(bytes[p] ?? 0); d >= 0; d = hexDigit(bytes[++p] ?? 0)) value = value * 16 + d;
    if (p === start || (digits !== undefined && p - start !== digits)) this.#ok = false;
    this.#at = p;
    return value;
  }

  /** Without `0x`, of a process. */
  pointer(): number {
    const value = this.hex();
    if (value >= POINTERS) this.#ok = false;
    return value;
  }

  /** Hexadecimal digits without `0x`, exact to 64 bits: the low half; the high half is in `high`. */
  hexLong(): number {
    const { bytes } = this.#text;
    const start = this.#at;
    let p = start;
    let high = 0;
    let low = 0;
    for (let d = hexDigit(bytes[p] ?? 0); d >= 0; d = hexDigit(bytes[++p] ?? 0)) {
      high = ((high << 4) | (low >>> 28)) >>> 0;
      low = ((low << 4) | d) >>> 0;
    }
    if (p === start || p - start > 16) this.#ok = false;
    this.#at = p;
    this.high = high;
    return low;
  }

  /** Name up to `end`, which must come; goes behind it. */
  until(end: number): string {
    const { bytes } = this.#text;
    const start = this.#at;
    let p = start;
    while (p < this.#to && bytes[p] !== end) p++;
    if (p === this.#to) this.#ok = false;
    this.#at = p + 1;
    return this.#name(start, p);
  }

  /** Names repeat: a string is made of those that came last only once. */
  #name(from: number, to: number): string {
    const { bytes } = this.#text;
    if (to - from < 4) return bytes.toString('latin1', from, to);
    const at = this.#text.hash(from, to) >>> 24;
    const before = this.#names[at];
    if (before !== undefined && before.word.length === to - from && before.word.stands(this.#text, from)) return before.text;
    const text = bytes.toString('latin1', from, to);
    this.#names[at] = { word: new Word(text), text };
    return text;
  }

  /** Goes behind ` name=`, wherever it stands in the body; false, staying here, if it does not. */
  find(name: Word): boolean {
    const { bytes } = this.#text;
    for (let p = this.#from; p < this.#to; p++) {
      if (bytes[p] !== SPACE || !name.stands(this.#text, p)) continue;
      this.#at = p + name.length;
      return true;
    }
    return false;
  }

  /** Value behind ` name=`, decimal or `0x`; NaN if the body has no such field or the probe could not fetch it. */
  field(name: Word): number {
    if (!this.find(name) || this.skip(FAULT)) return Number.NaN;
    const value = this.skip(HEX) ? this.hex() : this.signed();
    return this.#ok ? value : Number.NaN;
  }

  /** From here to the next blank or the end. */
  token(): string {
    const { bytes } = this.#text;
    let p = this.#at;
    while (p < this.#to && bytes[p] !== SPACE) p++;
    return bytes.toString('latin1', this.#at, p);
  }

  /** From here to the end, as text. */
  rest(): string {
    return this.#text.bytes.toString('utf8', this.#at, this.#to);
  }
}
