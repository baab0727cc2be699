// Two runs side by side: what is gone, new, in both; ways and times that changed enough to be told.

import { expect, test } from 'vitest';
import { compareRuns, type RunSummary, type Way } from '../src/comparison.js';

const run = (findings: readonly string[], ways: Readonly<Record<string, Way>> = {}): RunSummary => ({
  file: 'x',
  findings: findings.map((finding) => ({ finding, severity: 'violation' })),
  ways: new Map(Object.entries(ways)),
});
const way = (medianNs: number, interrupts = 100, hops: readonly string[] = ['accepted -> taken']): Way => ({ medianNs, interrupts, hops });
const changed = (a: Way, b: Way): unknown => compareRuns(run([], { 'gsi:1': a }), run([], { 'gsi:1': b })).ways.length;

test('findings by rule and thing', () => {
  const { gone, fresh, kept } = compareRuns(run(['a x', 'b x']), run(['b x', 'b y']));
  expect({ gone: gone.map(({ finding }) => finding), fresh: fresh.map(({ finding }) => finding), kept }).toEqual({ gone: ['a x'], fresh: ['b y'], kept: 1 });
});

test('a median more than twice or less than half is another one', () => {
  expect(changed(way(100), way(199))).toBe(0);
  expect(changed(way(100), way(201))).toBe(1);
  expect(changed(way(100), way(49))).toBe(1);
});

test('few interrupts and missing times tell nothing of the time', () => {
  expect(changed(way(100, 9), way(1000, 100))).toBe(0);
  expect(changed(way(Number.NaN), way(1000))).toBe(0);
});

test('another way is told, hop by hop', () => {
  const { ways } = compareRuns(run([], { 'gsi:1': way(1, 1, ['a -> b', 'b -> c']) }), run([], { 'gsi:1': way(1, 1, ['b -> c', 'c -> d']) }));
  expect(ways).toMatchObject([{ gone: ['a -> b'], fresh: ['c -> d'] }]);
});

test('things that only one of them has are no change of way', () => {
  expect(compareRuns(run([], { 'gsi:1': way(1) }), run([], { 'gsi:2': way(1) })).ways).toEqual([]);
});
