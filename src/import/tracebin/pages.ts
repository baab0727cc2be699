// The pages of one CPU, one after the other: as they lie in the file, or packed in chunks (trace.dat version 7).

import { Cursor } from '../cursor.js';
import type { Packing, RandomAccess } from '../random-access.js';

/** A run of pages. The page at hand is good until the next one is asked for. */
export interface Pages {
  readonly view: DataView;
  /** Where the page at hand begins in `view`. */
  readonly start: number;
  /** What to call its place in a message: `byte 4096`. */
  readonly place: string;
  /** Goes to the next page; false if there is none. */
  next(): boolean;
  /** Bytes behind the last page that are no whole one: a recorder writes whole ones, and the rest of this was cut off. */
  readonly rest: number;
  /** Where the page behind it begins, if it is in `view`, too. */
  readonly following: number | undefined;
}

/** A stretch of the file that holds one CPU's pages. */
export interface Stretch {
  readonly offset: number;
  readonly size: number;
}

interface Source {
  /** Named in errors. */
  readonly file: string;
  readonly bytes: RandomAccess;
  readonly pageSize: number;
}

/** Bytes read at once for all CPUs of a recording together. */
const WINDOWS = 8 * 1024 * 1024;
const LARGEST_WINDOW = 512 * 1024;

export class PlainPages implements Pages {
  view: DataView = new DataView(new ArrayBuffer(0));
  start = 0;
  readonly #source: Source;
  readonly #window: Buffer;
  #at: number;
  readonly #end: number;
  /** Bytes of the window in use, and the place in the file of what follows them. */
  #filled = 0;

  /** `shares`: among how many the memory is shared out. */
  constructor(source: Source, { offset, size }: Stretch, shares: number) {
    this.#source = source;
    this.#at = offset;
    this.#end = offset + size;
    const { pageSize } = source;
    const pages = Math.max(1, Math.floor(Math.min(LARGEST_WINDOW, WINDOWS / shares, size) / pageSize));
    this.#window = Buffer.allocUnsafe(pages * pageSize);
    this.start = -pageSize;
  }

  get place(): string {
    return `byte ${this.#at - this.#filled + this.start}`;
  }

  next(): boolean {
    const { pageSize } = this.#source;
    this.start += pageSize;
    return this.start + pageSize <= this.#filled || this.#fill();
  }

  get following(): number | undefined {
    return followingIn(this.view, this.start, this.#source.pageSize);
  }

  get rest(): number {
    return (this.#end - this.#at) % this.#source.pageSize;
  }

  #fill(): boolean {
    const { file, bytes, pageSize } = this.#source;
    this.start = 0;
    this.#filled = 0;
    const wanted = Math.min(this.#window.length, Math.floor((this.#end - this.#at) / pageSize) * pageSize);
    if (wanted === 0) return false;
    const got = bytes.read(this.#window.subarray(0, wanted), this.#at);
    const whole = Math.floor(got / pageSize) * pageSize;
    if (whole === 0) {
      // the pages of a later CPU may begin behind it
      const end = Math.min(this.#at + got, bytes.size);
      throw new Cursor(file, bytes, end).error('the end of the file', `${this.#end - end} bytes more of a CPU's pages`);
    }
    this.view = new DataView(this.#window.buffer, this.#window.byteOffset, whole);
    this.#at += whole;
    this.#filled = whole;
    return true;
  }
}

const followingIn = (view: DataView, start: number, size: number): number | undefined => (start + 2 * size > view.byteLength ? undefined : start + size);

/** trace-cmd packs ten pages at a time. */
const LARGEST_CHUNK = 16 * 1024 * 1024;

/** A stretch packed piece by piece: u32 number of chunks, then each with its packed and unpacked size. The stated size of the stretch does not count. */
export class PackedChunks {
  /** Where the last chunk lies. */
  at = 0;
  readonly #packing: Packing;
  readonly #cursor: Cursor;
  #left: number;

  constructor({ file, bytes }: Pick<Source, 'file' | 'bytes'>, { offset, size }: Stretch, packing: Packing) {
    this.#packing = packing;
    this.#cursor = new Cursor(file, bytes, offset, 8);
    this.#left = size === 0 ? 0 : this.#cursor.u32('the number of packed chunks');
  }

  /** The next one, unpacked; undefined at the end. */
  next(): Buffer | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    this.at = this.#cursor.at;
    const packed = this.#cursor.u32('the length of a chunk');
    const size = this.#cursor.u32('the unpacked length of a chunk');
    if (size > LARGEST_CHUNK) throw this.#cursor.error(`a chunk of ${size} bytes`, `at most ${LARGEST_CHUNK}`, this.at);
    return this.#cursor.unpack(packed, { packing: this.#packing, size, what: 'a chunk' });
  }
}

export class PackedPages implements Pages {
  view: DataView = new DataView(new ArrayBuffer(0));
  start: number;
  rest = 0;
  readonly #pageSize: number;
  readonly #chunks: PackedChunks;

  constructor(source: Source, stretch: Stretch, packing: Packing) {
    this.#pageSize = source.pageSize;
    this.#chunks = new PackedChunks(source, stretch, packing);
    this.start = -source.pageSize;
  }

  get place(): string {
    return `byte ${this.start} of the chunk at byte ${this.#chunks.at}`;
  }

  next(): boolean {
    this.start += this.#pageSize;
    while (this.start + this.#pageSize > this.view.byteLength) {
      this.rest += Math.max(0, this.view.byteLength - this.start);
      const chunk = this.#chunks.next();
      if (chunk === undefined) return false;
      this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
      this.start = 0;
    }
    return true;
  }

  get following(): number | undefined {
    return followingIn(this.view, this.start, this.#pageSize);
  }
}
