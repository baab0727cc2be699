// Delta debugging: whatever is asked for, the result shows it, and no atom of it can be left out.

import { array, assert, integer, property, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { ddmin, withoutRun } from '../../src/minimise/ddmin.js';

const atoms = Array.from({ length: 60 }, (_, i) => i);
const wanted = uniqueArray(integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 8 });

test('atoms that are all needed are found exactly, in order', () => {
  assert(property(wanted, (needed) => {
    const shows = (left: readonly number[]): boolean => needed.every((atom) => left.includes(atom));
    expect(ddmin(atoms, shows)).toEqual(needed.toSorted((a, b) => a - b));
  }));
});

test('of several ways one is found that is 1-minimal', () => {
  assert(property(array(wanted, { minLength: 1, maxLength: 3 }), (ways) => {
    const shows = (left: readonly number[]): boolean => ways.some((way) => way.every((atom) => left.includes(atom)));
    const left = ddmin(atoms, shows);
    expect(shows(left)).toBe(true);
    for (const atom of left) expect(shows(left.filter((other) => other !== atom))).toBe(false);
  }));
});

test('nothing is left if nothing is needed', () => {
  expect(ddmin([1, 2, 3], () => true)).toEqual([]);
});

test('neighbours that are needed only together go together', () => {
  // A take and its end: one of them alone breaks what is wanted.
  const shows = (left: readonly number[]): boolean => left.includes(7) && left.includes(3) === left.includes(4);
  expect(ddmin([3, 4, 7], (left) => left.length > 1 && shows(left))).toEqual([3, 4, 7]);
  expect(withoutRun([3, 4, 7], shows)).toEqual([7]);
  expect(withoutRun([7], shows)).toBeUndefined();
});
