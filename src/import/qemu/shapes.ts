// The shape of a line that QEMU prints for an event: the literal text of its format, and where numbers and strings stand. Of
// lines with bytes missing it tells how far one is the beginning of such a line, and from where on the end of one.

import type { Signature } from './signature.js';

const ZERO = 48;
const LETTER_A = 65;
const LETTER_X = 120;
const MINUS = 45;
const SPACE = 32;
const QUOTE = 39;
const PARENTHESIS = 40;
const NIL = 5;
/** What stands in a shape besides bytes: any text, a number. */
const STRING = 256;
const NUMBER = 512;
/** So many letters tell what a shape is. */
const MANY = 4;
/** So many, that it is no other's. */
const SURE = 12;
/** Bytes of a name that may be others. */
const GARBLED = 2;
/** As a byte that no format has: a string of a signature's. A letter whose number is 1 (%c) prints as it, too. */
const ANY = 1;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 57;
const isHex = (byte: number | undefined): boolean => isDigit(byte) || (byte !== undefined && ((byte >= 97 && byte <= 102) || (byte >= 65 && byte <= 70)));

/** Does `(nil)`, which printf writes for a null pointer, stand at `at`? */
const isNil = (bytes: Buffer, at: number): boolean => bytes[at] === PARENTHESIS && bytes.toString('latin1', at, at + NIL) === '(nil)';

const isPrefix = (bytes: Buffer, at: number): boolean => bytes[at] === ZERO && bytes[at + 1] === LETTER_X;

export class Shape {
  /** Its first byte, of its event's name. */
  readonly first: number | undefined;
  /** Its last byte, or that in front of the number that it ends in: one of `endings` of each text that it may end. */
  readonly end: number;
  /** Blanks among its bytes. */
  readonly blanks: number;
  /** Of a signature: it is known where strings stand, and nothing else differs. */
  readonly isPrinted: boolean;
  readonly #pieces: Uint16Array;
  /** The first piece of the body. */
  readonly #body: number;
  /** Pieces that `reach` left over. */
  #left = 0;
  /** Of the end that `start` found: its first piece, and how many letters it has. */
  #first = 0;
  #letters = 0;

  private constructor(pieces: readonly number[], body: number, isPrinted: boolean) {
    this.#body = body;
    this.isPrinted = isPrinted;
    this.#pieces = Uint16Array.from(pieces);
    this.first = pieces[0];
    this.end = endOf(pieces);
    this.blanks = pieces.filter((piece) => piece === SPACE).length;
  }

  /** Of a line from its name, at `from`, to `to`. In the body, from `body` on, each digit begins a number, and what stands in quotes may be any text. */
  static of(bytes: Buffer, from: number, body: number, to: number): Shape {
    return new Shape(piecesOf(bytes, from, body, to), body - from, false);
  }

  static ofSignature({ name, parameters, print }: Signature): Shape {
    const line = Buffer.from(`${name} ${print(parameters.map(({ string }) => (string ? String.fromCharCode(ANY) : 1n)))}`, 'latin1');
    return new Shape(piecesOf(line, 0, name.length + 1, line.length).map((piece) => (piece === ANY ? STRING : piece)), name.length + 1, true);
  }

  /** Is the text from `from` to `to` as the shape from its piece `piece` on? */
  fits(bytes: Buffer, from: number, to: number, piece: number): boolean {
    return this.reach(bytes, from, to, piece) === to && this.#left === 0;
  }

  /** How far the text from `from` to `to` is as the shape, from its piece `piece` on. */
  reach(bytes: Buffer, from: number, to: number, piece: number): number {
    const pieces = this.#pieces;
    let p = from;
    let i = piece;
    for (; i < pieces.length; i++) {
      const want = pieces[i] ?? 0;
      if (want < STRING) {
        // What ends the line is in no shape.
        if (bytes[p] !== want) break;
        p++;
      } else if (want === STRING) {
        const end = pieces[i + 1];
        while (p < to && bytes[p] !== end) p++;
      } else {
        const start = p;
        p = numberEnd(bytes, start);
        if (p === start) break;
      }
    }
    this.#left = pieces.length - i;
    return p;
  }

  /** Is a line as the shape but for a byte or two of its name? */
  resembles(bytes: Buffer, from: number, body: number, to: number): boolean {
    const pieces = this.#pieces;
    if (pieces[body - from - 1] !== SPACE || !this.fits(bytes, body, to, body - from)) return false;
    let differ = 0;
    for (let p = from; p < body; p++) if (bytes[p] !== pieces[p - from]) differ++;
    return differ <= GARBLED;
  }

  /** Is the end that `start` found last one of the body only, with so many letters that it is no accident? */
  get endsInBody(): boolean {
    return this.#first >= this.#body && this.#letters >= SURE;
  }

  /** How many letters of the shape end the text from `from` to `to`. */
  lettersAt(bytes: Buffer, from: number, to: number): number {
    this.start(bytes, from, to);
    return this.#letters;
  }

  /** From where on the text from `from` to `to` is as the end of the shape. */
  start(bytes: Buffer, from: number, to: number): number {
    const pieces = this.#pieces;
    let p = to;
    this.#letters = 0;
    for (let i = pieces.length - 1; i >= 0; i--) {
      const want = pieces[i] ?? 0;
      this.#first = i;
      if (want < STRING) {
        if (p === from || bytes[p - 1] !== want) return p;
        p--;
        if (want >= LETTER_A) this.#letters++;
      } else if (want === STRING) {
        const before = pieces[i - 1];
        const end = p;
        while (p > from && bytes[p - 1] !== before) p--;
        // Any text is the end of some string.
        if (p === from && this.#letters < MANY) return end;
      } else {
        const start = numberStart(bytes, from, p);
        if (start === p) return p;
        p = start;
      }
    }
    return p;
  }
}

/** `-1`, `0x1b`, `04`, `1f`, `(nil)`. */
function numberEnd(bytes: Buffer, at: number): number {
  let p = bytes[at] === MINUS ? at + 1 : at;
  if (!isDigit(bytes[p])) return isNil(bytes, at) ? at + NIL : at;
  if (isPrefix(bytes, p)) p += 2;
  while (isHex(bytes[p])) p++;
  return p;
}

/** Where the number begins that ends at `to`, or the piece of one. */
export function numberStart(bytes: Buffer, from: number, to: number): number {
  if (to - from >= NIL && isNil(bytes, to - NIL)) return to - NIL;
  let p = to;
  while (p > from && isHex(bytes[p - 1])) p--;
  if (p > from && bytes[p - 1] === LETTER_X) p--;
  if (p > from && p < to && bytes[p] === LETTER_X && bytes[p - 1] === ZERO) p--;
  return p > from && p < to && bytes[p - 1] === MINUS ? p - 1 : p;
}

/** What a shape ends in: a byte, a byte with `NUMBER` added if a number is behind it, or any text. */
function endOf(pieces: readonly number[]): number {
  const last = pieces.at(-1) ?? STRING;
  const end = last !== NUMBER ? last : (pieces.at(-2) ?? STRING) + NUMBER;
  return end === STRING + NUMBER ? STRING : end;
}

/** Of the shapes that a text may be the end of, more than a number. */
export const endings = (bytes: Buffer, from: number, to: number): number[] => [bytes[to - 1] ?? STRING, (bytes[numberStart(bytes, from, to) - 1] ?? STRING) + NUMBER, STRING];

/** Bytes and what stands between them, of a line whose body begins at `body`. */
function piecesOf(bytes: Buffer, from: number, body: number, to: number): number[] {
  const pieces = [...bytes.subarray(from, body)];
  for (let p = body; p < to; ) {
    const byte = bytes[p] ?? 0;
    const number = numberEnd(bytes, p);
    const close = byte === QUOTE ? bytes.indexOf(QUOTE, p + 1) : -1;
    if (number > p) {
      pieces.push(NUMBER);
      p = number;
    } else if (close >= 0 && close < to) {
      pieces.push(QUOTE, STRING, QUOTE);
      p = close + 1;
    } else {
      pieces.push(byte);
      p++;
    }
  }
  return pieces;
}
