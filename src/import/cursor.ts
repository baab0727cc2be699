// Reads a binary file number by number, little-endian, through a window; every length is checked before memory is taken.

import { TraceError } from './format.js';
import type { Packing, RandomAccess } from './random-access.js';

const WINDOW = 64 * 1024;
/** No text and no section that is kept is longer; the symbols of a kernel, 6 MB, are not even read. */
const LONGEST = 64 * 1024 * 1024;
/** A name or a clock. */
const LONGEST_NAME = 4096;

export class Cursor {
  at: number;
  readonly #file: string;
  readonly #bytes: RandomAccess;
  readonly #window: Buffer;
  #start = 0;
  #end = 0;

  /** `file` is named in errors; `window` is how many bytes are read ahead. */
  constructor(file: string, bytes: RandomAccess, at = 0, window = WINDOW) {
    this.#file = file;
    this.#bytes = bytes;
    this.#window = Buffer.allocUnsafe(Math.max(8, Math.min(window, bytes.size)));
    this.at = at;
  }

  get ended(): boolean {
    return this.at >= this.#bytes.size;
  }

  u8(what: string): number {
    return this.#window.readUInt8(this.#need(1, what));
  }

  u16(what: string): number {
    return this.#window.readUInt16LE(this.#need(2, what));
  }

  u32(what: string): number {
    return this.#window.readUInt32LE(this.#need(4, what));
  }

  /** A size or an offset. */
  u64(what: string): number {
    const value = this.big(what);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.error(`${value}`, `${what} within the file`, this.at - 8);
    return Number(value);
  }

  big(what: string): bigint {
    return this.#window.readBigUInt64LE(this.#need(8, what));
  }

  /** A copy. */
  bytes(length: number, what: string): Buffer {
    this.#check(length, what);
    if (length > LONGEST) throw this.error(`${length} bytes`, `${what} of at most ${LONGEST} bytes`);
    const copy = Buffer.allocUnsafe(length);
    this.#bytes.read(copy, this.at);
    this.at += length;
    return copy;
  }

  /** The next `packed` bytes, unpacked to `size`. */
  unpack(packed: number, { packing, size, what }: { packing: Packing; size: number; what: string }): Buffer {
    const { at } = this;
    const bytes = this.bytes(packed, what);
    if (size > LONGEST) throw this.error(`${size} bytes when unpacked`, `${what} of at most ${LONGEST} bytes`, at);
    try {
      return this.#bytes.unpack(packing, bytes, size);
    } catch (error) {
      throw this.error(`damaged ${packing} data (${error instanceof Error ? error.message : String(error)})`, what, at);
    }
  }

  text(length: number, what: string): string {
    return this.bytes(length, what).toString('utf8');
  }

  /** Up to a NUL, which is consumed. */
  name(what: string): string {
    const start = this.at;
    let text = '';
    for (let byte = this.u8(what); byte !== 0; byte = this.u8(what)) {
      text += String.fromCharCode(byte);
      if (text.length > LONGEST_NAME) throw this.error(text, `the end of ${what}`, start);
    }
    return Buffer.from(text, 'latin1').toString('utf8');
  }

  skip(length: number, what: string): void {
    this.#check(length, what);
    this.at += length;
  }

  error(found: string, expected: string, at = this.at): TraceError {
    return new TraceError(this.#file, at, `${found} at byte ${at}`, expected);
  }

  /** Place in the window of the next bytes. */
  #need(length: number, what: string): number {
    if (this.at < this.#start || this.at + length > this.#end) {
      this.#check(length, what);
      this.#start = this.at;
      this.#end = this.at + this.#bytes.read(this.#window, this.at);
      if (this.#end < this.at + length) throw this.error('the end of the file', what);
    }
    const place = this.at - this.#start;
    this.at += length;
    return place;
  }

  #check(length: number, what: string): void {
    const { size } = this.#bytes;
    // an offset led here, which nobody finds in a file that was cut
    if (this.at > size) throw this.error('the end of the file', `${what} at byte ${this.at}`, size);
    if (this.at + length > size) throw this.error(`the end of the file after ${size - this.at} of ${length} bytes`, what);
  }
}
