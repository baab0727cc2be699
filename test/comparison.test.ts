// Two runs side by side: what is gone, new, in both; ways and times that changed enough to be told.

import { expect, test } from 'vitest';
import { compareRuns, type RunSummary, type Way } from '../src/comparison.js';

const run = (findings: readonly string[], ways: Readonly<Record<string, Way>> = {}, undecided: readonly string[] = []): RunSummary => ({
  findings: findings.map((text) => {
    const [finding = '', count = '1'] = text.split(' x');
    return { finding, severity: 'violation', sentence: '', at: '', count: Number(count) };
  }),
  undecided: new Set(undecided),
  ways: new Map(Object.entries(ways)),
});
const USUAL = { interrupts: 100, ended: 100, vanished: 0, stuck: [], hops: ['accepted -> taken'], routes: ['gsi:1 pin:ioapic/1'], medianNs: 100 };
const compared = (a: Partial<Way>, b: Partial<Way>) => compareRuns(run([], { 'gsi:1': { ...USUAL, ...a } }), run([], { 'gsi:1': { ...USUAL, ...b } })).ways;

test('findings by rule and thing, with how often', () => {
  const { gone, fresh, kept } = compareRuns(run(['a p', 'b p x2']), run(['b p x7', 'b q']));
  const names = (all: readonly { finding: string }[]): string[] => all.map(({ finding }) => finding);
  expect({ gone: names(gone), fresh: names(fresh), kept }).toEqual({ gone: ['a p'], fresh: ['b q'], kept: [{ finding: 'b p', severity: 'violation', counts: [2, 7] }] });
});

test('what the other could not judge is said', () => {
  const { gone } = compareRuns(run(['a p', 'b p']), run([], {}, ['a']));
  expect(gone.map(({ finding, undecided }) => [finding, undecided])).toEqual([['a p', true], ['b p', false]]);
});

test('a median more than twice or less than half is another one', () => {
  expect(compared({}, { medianNs: 199 })).toEqual([]);
  expect(compared({}, { medianNs: 201 })).toHaveLength(1);
  expect(compared({}, { medianNs: 49 })).toHaveLength(1);
});

test('few that ended and missing times tell nothing of the time', () => {
  expect(compared({ ended: 9 }, { medianNs: 1000 })).toEqual([]);
  expect(compared({ medianNs: Number.NaN }, { medianNs: 1000 })).toEqual([]);
});

test('another way is told, hop by hop and thing by thing', () => {
  expect(compared({ hops: ['a -> b', 'b -> c'] }, { hops: ['b -> c', 'c -> d'] })).toMatchObject([{ gone: ['a -> b'], fresh: ['c -> d'] }]);
  expect(compared({}, { routes: ['gsi:1 pin:ioapic/2'] })).toMatchObject([{ gone: ['by gsi:1 pin:ioapic/1'], fresh: ['by gsi:1 pin:ioapic/2'] }]);
});

test('where none ended, or too many ways were seen, nothing is said of the way', () => {
  expect(compared({}, { ended: 0, hops: [], routes: [] })).toEqual([]);
  expect(compared({}, { routes: undefined })).toEqual([]);
});

test('interrupts that vanish in one of them are told', () => {
  expect(compared({}, { vanished: 1 })).toMatchObject([{ thing: 'gsi:1', vanished: [0, 1] }]);
});

test('interrupts that stop on their way in one of them are told', () => {
  expect(compared({}, { stuck: ['1 no further than sent'] })).toMatchObject([{ thing: 'gsi:1', gone: [], fresh: ['1 no further than sent'] }]);
  expect(compared({ stuck: ['1 no further than sent'] }, { stuck: ['1 no further than sent'] })).toEqual([]);
});

test('a way on which nothing else is known', () => {
  expect(compared({}, { routes: ['gsi:1 pin:ioapic/1', 'gsi:1'] })).toMatchObject([{ fresh: ['by gsi:1 alone'] }]);
});

test('things that only one of them has are no change of way', () => {
  const { ways, only } = compareRuns(run([], { 'gsi:1': USUAL }), run([], { 'gsi:2': USUAL }));
  expect({ ways, only }).toEqual({ ways: [], only: [{ thing: 'gsi:1', interrupts: [100, 0] }, { thing: 'gsi:2', interrupts: [0, 100] }] });
});
