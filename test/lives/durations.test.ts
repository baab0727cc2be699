// Quantiles: exact for few durations, within 1/32 for many.

import { array, assert, constantFrom, integer, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { Durations } from '../../src/lives/durations.js';

const of = (values: readonly number[]): Durations => {
  const durations = new Durations();
  for (const value of values) durations.add(value);
  return durations;
};
/** The nearest-rank quantile of the sorted list. */
const exact = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? Number.NaN;

const ns = oneof(integer({ min: 0, max: 100 }), integer({ min: 0, max: 2 ** 50 }));
const share = constantFrom(0, 0.01, 0.5, 0.99, 1);

test('few are exact', () => {
  assert(property(array(ns, { minLength: 1, maxLength: 200 }), share, (values, s) => {
    expect(of(values).quantile(s)).toBe(exact(values, s));
  }));
});

test('many are at most 1/32 too high and never too low', () => {
  assert(property(array(ns, { minLength: 600, maxLength: 900 }), share, (values, s) => {
    const right = exact(values, s);
    const found = of(values).quantile(s);
    expect(found).toBeGreaterThanOrEqual(right);
    expect(found).toBeLessThanOrEqual(right * (1 + 1 / 32) + 1);
  }), { numRuns: 50 });
});

test('none has no quantile, and the largest is exact', () => {
  expect(of([]).quantile(0.5)).toBeNaN();
  expect(of(Array.from({ length: 1000 }, (_, i) => i * 1001)).max).toBe(999_999);
});

test('octaves count every duration once', () => {
  assert(property(array(ns, { minLength: 1, maxLength: 900 }), (values) => {
    expect(of(values).octaves().reduce((sum, [, n]) => sum + n, 0)).toBe(values.length);
  }), { numRuns: 50 });
});
