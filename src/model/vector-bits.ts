// IRR, ISR or TMR of a local APIC, three-valued: a bit per vector, eight words. Looking for the highest is part of every injection and EOI.

import { F, T, U, type Tri } from './tri.js';

export const VECTORS = 256;
const WORD = 32;
const WORDS = VECTORS / WORD;
const ALL = -1;

export class VectorBits {
  /** Bits that are surely set, and those that may be. */
  private readonly must = new Int32Array(WORDS);
  private readonly may = new Int32Array(WORDS);

  get(vector: number): Tri {
    const word = vector >>> 5;
    const bit = 1 << (vector & 31);
    if (((this.may[word] ?? 0) & bit) === 0) return F;
    return ((this.must[word] ?? 0) & bit) === 0 ? U : T;
  }

  set(vector: number, value: Tri): void {
    const word = vector >>> 5;
    const bit = 1 << (vector & 31);
    const must = this.must[word] ?? 0;
    const may = this.may[word] ?? 0;
    this.must[word] = value === T ? must | bit : must & ~bit;
    this.may[word] = value === F ? may & ~bit : may | bit;
  }

  fill(value: Tri): void {
    this.must.fill(value === T ? ALL : 0);
    this.may.fill(value === F ? 0 : ALL);
  }

  /** No vector from this one on is set. */
  clearFrom(vector: number): void {
    if (vector >= VECTORS) return;
    const first = vector >>> 5;
    const below = ~(ALL << (vector & 31));
    this.must[first] = (this.must[first] ?? 0) & below;
    this.may[first] = (this.may[first] ?? 0) & below;
    for (let word = first + 1; word < WORDS; word++) this.must[word] = this.may[word] = 0;
  }

  /** What may be set from this vector on may have gone over to the other register. */
  mayGoTo(other: VectorBits, vector: number): void {
    let from = ALL << (vector & 31);
    for (let word = vector >>> 5; word < WORDS; word++) {
      const may = (this.may[word] ?? 0) & from;
      if (may !== 0) {
        this.must[word] = (this.must[word] ?? 0) & ~from;
        other.may[word] = (other.may[word] ?? 0) | may;
      }
      from = ALL;
    }
  }

  /** What is set may be so no longer. */
  doubt(): void {
    this.must.fill(0);
  }

  /** Highest vector that is surely set, -1 if none is. */
  get highest(): number {
    for (let word = WORDS - 1; word >= 0; word--) {
      const bits = this.must[word] ?? 0;
      if (bits !== 0) return topOf(word, bits);
    }
    return -1;
  }

  /** Highest vector that may be set, -1 if none is. */
  get highestPossible(): number {
    return this.highestPossibleBelow(VECTORS);
  }

  highestPossibleBelow(vector: number): number {
    let below = ~(ALL << (vector & 31));
    for (let word = vector >>> 5; word >= 0; word--) {
      const bits = (this.may[word] ?? 0) & below;
      if (bits !== 0) return topOf(word, bits);
      below = ALL;
    }
    return -1;
  }

  /** Highest vector of which it is not known, -1 if all are. */
  get highestUnknown(): number {
    for (let word = WORDS - 1; word >= 0; word--) {
      const bits = (this.may[word] ?? 0) & ~(this.must[word] ?? 0);
      if (bits !== 0) return topOf(word, bits);
    }
    return -1;
  }
}

const topOf = (word: number, bits: number): number => word * WORD + (WORD - 1 - Math.clz32(bits));
