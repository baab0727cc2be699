// The frames of a zstd stream, as far as their headers tell: where each ends, how long its contents are to be and their checksum (RFC 8878, 3.1).

const MAGIC = 0xfd2fb528;
/** Of a frame to be skipped, without its lowest four bits. */
const SKIPPABLE = 0x184d2a5;
const BLOCK_HEADER = 3;
const RUN = 1;

/** Bytes of the content size by the descriptor's upper two bits, and of the dictionary's number by its lower two. */
const SIZES = [0, 2, 4, 8];
const DICTIONARIES = [0, 1, 2, 4];

/** How many bytes of a header are to come, and what they mean. */
type Part = 'magic' | 'length' | 'descriptor' | 'header' | 'block' | 'checksum';

export class ZstdFrames {
  #part: Part = 'magic';
  #wanted = 4;
  readonly #head = Buffer.alloc(16);
  #got = 0;
  /** Bytes of a block, or of a frame to be skipped, that are to come. */
  #pass = 0;
  #last = false;
  #descriptor = 0;
  /** A frame has ended where `step` stopped. */
  ended = false;
  /** Of the frame that has ended, or is at hand; undefined where it does not say. */
  size: number | undefined;
  checksum: number | undefined;

  /** Goes on from `at` to the end of the frame at hand, or of the bytes; what is no zstd is passed over. */
  step(bytes: Buffer, at: number): number {
    this.ended = false;
    let p = at;
    while (p < bytes.length) {
      if (this.#pass > 0) {
        const passed = Math.min(this.#pass, bytes.length - p);
        p += passed;
        this.#pass -= passed;
        if (this.#pass === 0 && this.#last) this.#close();
      } else {
        this.#head[this.#got++] = bytes[p++] ?? 0;
        if (this.#got === this.#wanted) this.#take();
      }
      if (this.ended) return p;
    }
    return p;
  }

  #want(part: Part, bytes: number): void {
    this.#part = part;
    this.#wanted = bytes;
    this.#got = 0;
  }

  #take(): void {
    const head = this.#head;
    const part = this.#part;
    if (part === 'magic') this.#begin(head.readUInt32LE());
    else if (part === 'length') this.#skip(head.readUInt32LE());
    else if (part === 'descriptor') this.#describe(head.readUInt8());
    else if (part === 'header') this.#measure();
    else if (part === 'block') this.#block(head.readUIntLE(0, BLOCK_HEADER));
    else {
      this.checksum = head.readUInt32LE();
      this.#end();
    }
  }

  #begin(magic: number): void {
    this.size = undefined;
    this.checksum = undefined;
    this.#last = false;
    if (magic === MAGIC) this.#want('descriptor', 1);
    else if (magic >>> 4 === SKIPPABLE) this.#want('length', 4);
    else this.#pass = Infinity;
  }

  #skip(length: number): void {
    this.#descriptor = 0;
    this.#last = true;
    this.#pass = length;
    if (length === 0) this.#end();
  }

  #describe(descriptor: number): void {
    this.#descriptor = descriptor;
    const { window, dictionary, length } = this.#lengths();
    if (window + dictionary + length === 0) this.#measure();
    else this.#want('header', window + dictionary + length);
  }

  #lengths(): { window: number; dictionary: number; length: number } {
    const isSingle = (this.#descriptor & 0x20) !== 0;
    const flag = this.#descriptor >> 6;
    return { window: isSingle ? 0 : 1, dictionary: DICTIONARIES[this.#descriptor & 3] ?? 0, length: flag === 0 && isSingle ? 1 : (SIZES[flag] ?? 0) };
  }

  #measure(): void {
    const { window, dictionary, length } = this.#lengths();
    const at = window + dictionary;
    if (length === 8) this.size = Number(this.#head.readBigUInt64LE(at));
    else if (length > 0) this.size = this.#head.readUIntLE(at, length) + (length === 2 ? 256 : 0);
    this.#want('block', BLOCK_HEADER);
  }

  #block(header: number): void {
    this.#last = (header & 1) !== 0;
    this.#pass = ((header >>> 1) & 3) === RUN ? 1 : header >>> 3;
    if (this.#pass === 0 && this.#last) this.#close();
    else this.#want('block', BLOCK_HEADER);
  }

  /** The last block has ended. */
  #close(): void {
    this.#last = false;
    if ((this.#descriptor & 4) === 0) this.#end();
    else this.#want('checksum', 4);
  }

  #end(): void {
    this.ended = true;
    this.#last = false;
    this.#want('magic', 4);
  }
}
