// The bits of a register of a local APIC against the same bits kept one by one.

import { describe, expect, test } from 'vitest';
import { F, T, U, type Tri } from '../../src/model/tri.js';
import { VECTORS, VectorBits } from '../../src/model/vector-bits.js';

const VALUES: readonly Tri[] = [F, T, U];

/** The same register, bit by bit. */
class Plain {
  readonly bits: Tri[] = Array.from({ length: VECTORS }, () => F);

  last(...values: readonly Tri[]): number {
    return this.bits.findLastIndex((bit) => values.includes(bit));
  }
}

const all = (bits: VectorBits): Tri[] => Array.from({ length: VECTORS }, (_, v) => bits.get(v));

function compare(bits: VectorBits, plain: Plain): void {
  expect(all(bits)).toEqual(plain.bits);
  expect([bits.highest, bits.highestPossible, bits.highestUnknown]).toEqual([plain.last(T), plain.last(T, U), plain.last(U)]);
}

describe('the bits of a register of a local APIC', () => {
  test('are what was set, and so are the highest of them', () => {
    const bits = new VectorBits();
    const plain = new Plain();
    const other = new VectorBits();
    const plainOther = new Plain();
    other.set(17, T);
    plainOther.bits[17] = T;
    compare(bits, plain);
    let seed = 1;
    const next = (limit: number): number => (seed = (seed * 48271) % 0x7fffffff) % limit;
    for (let step = 0; step < 400; step++) {
      const v = next(VECTORS);
      const value = VALUES[next(3)] ?? U;
      bits.set(v, value);
      plain.bits[v] = value;
      if (step % 50 === 49) {
        const from = next(VECTORS);
        bits.clearFrom(from);
        plain.bits.fill(F, from);
      }
      if (step % 90 === 89) {
        bits.doubt();
        plain.bits.forEach((bit, at) => (plain.bits[at] = bit === T ? U : bit));
      }
      if (step % 70 === 69) {
        const from = next(VECTORS);
        bits.mayGoTo(other, from);
        plain.bits.forEach((bit, at) => {
          if (at < from || bit === F) return;
          plain.bits[at] = U;
          if (plainOther.bits[at] === F) plainOther.bits[at] = U;
        });
        compare(other, plainOther);
      }
      compare(bits, plain);
      const limit = next(VECTORS + 1);
      expect(bits.highestPossibleBelow(limit)).toBe(plain.bits.slice(0, limit).findLastIndex((bit) => bit !== F));
    }
  });

  test.each(VALUES)('are all %i once filled', (value) => {
    const bits = new VectorBits();
    bits.set(31, T);
    bits.fill(value);
    expect(all(bits)).toEqual(Array.from({ length: VECTORS }, () => value));
  });

  test.each([0, 31, 32, 255, 256])('are gone from vector %i on', (from) => {
    const bits = new VectorBits();
    bits.fill(T);
    bits.clearFrom(from);
    expect([bits.highest, bits.highestPossible]).toEqual([from - 1, from - 1]);
  });
});
