// XXH64 of a run of bytes, of which zstd keeps the low half behind a frame (RFC 8878, 3.1.1; xxHash's doc/xxhash_spec.md). Numbers of 64 bits are two halves
// of 32: BigInt takes thirty times as long.

const STRIPE = 32;

/** A prime in its halves, and the lower one in quarters. */
interface Factor {
  readonly high: number;
  readonly low: number;
  readonly upper: number;
  readonly lower: number;
}

const factor = (high: number, low: number): Factor => ({ high: high | 0, low: low | 0, upper: low >>> 16, lower: low & 0xffff });
const P1 = factor(0x9e37_79b1, 0x85eb_ca87);
const P2 = factor(0xc2b2_ae3d, 0x27d4_eb4f);
const P3 = factor(0x1656_67b1, 0x9e37_79f9);
const P4 = factor(0x85eb_ca77, 0xc2b2_ae63);
const P5 = factor(0x27d4_eb2f, 0x1656_67c5);

/** A number of 64 bits that changes. */
class Long {
  high: number;
  low: number;

  constructor(high: number, low: number) {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    this.low = sum | 0;
    return this;
  }

  xor({ high, low }: Long): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  times({ high, low, upper, lower }: Factor): this {
    const a = this.low >>> 16;
    const b = this.low & 0xffff;
    const t = a * lower + ((b * lower) >>> 16);
    const u = b * upper + (t & 0xffff);
    this.high = (a * upper + Math.floor(t / 0x1_0000) + (u - (u % 0x1_0000)) / 0x1_0000 + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0;
    this.low = Math.imul(this.low, low);
    return this;
  }

  rotate(bits: number): this {
    const { high, low } = bits < 32 ? this : { high: this.low, low: this.high };
    const by = bits & 31;
    this.high = (high << by) | (low >>> (32 - by));
    this.low = (low << by) | (high >>> (32 - by));
    return this;
  }

  /** `this ^ (this >> bits)`. */
  fold(bits: number): this {
    const shifted = bits < 32 ? new Long(this.high >>> bits, (this.low >>> bits) | (this.high << (32 - bits))) : new Long(0, this.high >>> (bits - 32));
    return this.xor(shifted);
  }

  round(high: number, low: number): this {
    const product = new Long(high, low).times(P2);
    return this.add(product.high, product.low).rotate(31).times(P1);
  }
}

const sum = (a: Factor, b: Factor): Long => new Long(a.high, a.low).add(b.high, b.low);

export class Xxh64 {
  readonly #lanes: readonly Long[] = [sum(P1, P2), new Long(P2.high, P2.low), new Long(0, 0), new Long(~P1.high, ~P1.low).add(0, 1)];
  readonly #rest = Buffer.alloc(STRIPE);
  #kept = 0;
  #length = 0;

  update(bytes: Buffer): void {
    let at = 0;
    this.#length += bytes.length;
    if (this.#kept > 0) {
      at = bytes.copy(this.#rest, this.#kept);
      this.#kept += at;
      if (this.#kept < STRIPE) return;
      this.#stripes(this.#rest, 0);
      this.#kept = 0;
    }
    at = this.#stripes(bytes, at);
    this.#kept = bytes.copy(this.#rest, 0, at);
  }

  /** The low 32 bits, unsigned. */
  low(): number {
    const hash = this.#length < STRIPE ? new Long(P5.high, P5.low) : this.#merged();
    hash.add(Math.floor(this.#length / 2 ** 32), this.#length | 0);
    const rest = this.#rest;
    let at = 0;
    for (; at + 8 <= this.#kept; at += 8) {
      hash.xor(new Long(0, 0).round(rest.readInt32LE(at + 4), rest.readInt32LE(at)));
      hash.rotate(27).times(P1).add(P4.high, P4.low);
    }
    if (at + 4 <= this.#kept) {
      hash.xor(new Long(0, rest.readInt32LE(at)).times(P1));
      hash.rotate(23).times(P2).add(P3.high, P3.low);
      at += 4;
    }
    for (; at < this.#kept; at++) {
      hash.xor(new Long(0, rest.readUInt8(at)).times(P5));
      hash.rotate(11).times(P1);
    }
    return hash.fold(33).times(P2).fold(29).times(P3).fold(32).low >>> 0;
  }

  /** Whole stripes from `at` on; gives where they end. */
  #stripes(bytes: Buffer, at: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = bytes.length - ((bytes.length - at) % STRIPE);
    for (const [n, lane] of this.#lanes.entries()) for (let p = at + n * 8; p < end; p += STRIPE) lane.round(view.getInt32(p + 4, true), view.getInt32(p, true));
    return end;
  }

  #merged(): Long {
    const hash = new Long(0, 0);
    for (const [n, bits] of [1, 7, 12, 18].entries()) {
      const { high = 0, low = 0 } = this.#lanes[n] ?? {};
      const rotated = new Long(high, low).rotate(bits);
      hash.add(rotated.high, rotated.low);
    }
    for (const { high, low } of this.#lanes) {
      hash.xor(new Long(0, 0).round(high, low));
      hash.times(P1).add(P4.high, P4.low);
    }
    return hash;
  }
}
