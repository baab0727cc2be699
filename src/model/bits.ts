// An eight-bit register, three-valued: the bits that are surely set, and those that may be.

import { F, T, U, type Tri } from './tri.js';

const ALL = 0xff;

export class Bits {
  must = 0;
  may = ALL;

  /** Known in full. */
  assign(value: number): void {
    this.must = this.may = value & ALL;
  }

  forget(): void {
    this.must = 0;
    this.may = ALL;
  }

  get(bit: number): Tri {
    if (((this.must >> bit) & 1) === 1) return T;
    return ((this.may >> bit) & 1) === 1 ? U : F;
  }

  set(bit: number, value: Tri): void {
    const mask = 1 << bit;
    this.must = value === T ? this.must | mask : this.must & ~mask;
    this.may = value === F ? this.may & ~mask : this.may | mask;
  }

  /** These bits are what they were, or clear. */
  maybeClear(mask: number): void {
    this.must &= ~mask;
  }

  /** These bits are clear. */
  clear(mask: number): void {
    this.must &= ~mask;
    this.may &= ~mask;
  }

  /** Bits known to differ from `value`. */
  contradicts(value: number): number {
    return (this.must & ~value) | (value & ~this.may & ALL);
  }

  /** As findings show it: unknown bits as `?`, bit 7 first. */
  show(): string {
    return Array.from({ length: 8 }, (_, i) => (['0', '1', '?'] as const)[this.get(7 - i)]).join('');
  }
}
