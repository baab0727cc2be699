// A state taken while other threads go on says nothing sure: only one with silence around it is compared.

import { expect, test } from 'vitest';
import { infoOf, merged, streamOf, written } from './streams.js';

const READ = 'pic.read chip=0 reg=imr val=0';
const MS = 1_000_000;

/** How many of the log's states are left, beside a trace that has something to show at the given times, ns. */
async function left(states: readonly string[], ...times: readonly number[]): Promise<number> {
  const log = streamOf(infoOf('log', 0n), written(0, ...states, `@${90 * MS} meta.note text="end"`));
  const trace = streamOf(infoOf('trace', 0n), written(1, ...times.map((ns) => `@${ns} tid=5 apic.eoi cpu=0 vec=65`), `@${80 * MS} tid=5 apic.eoi cpu=0 vec=65`));
  return (await merged(log, trace)).filter(({ kind }) => kind === 'pic.read').length;
}

const at = (from: number, to: number, tid = 7): string => `@${from} tid=${tid} ${READ} [${from},${to}]`;

test('one with silence around it is kept', async () => {
  expect(await left([at(10 * MS, 11 * MS)], 9 * MS, 12 * MS)).toBe(1);
});

test('one that something lies in is dropped, and one that ends with it', async () => {
  expect(await left([at(10 * MS, 11 * MS)], 9 * MS, 10.5 * MS)).toBe(0);
  expect(await left([at(10 * MS, 11 * MS)], 9 * MS, 11 * MS + 500)).toBe(0);
});

test('what another thread has just begun may not have taken effect; what its own did has', async () => {
  expect(await left([at(10 * MS, 11 * MS)], 10 * MS - 20_000)).toBe(0);
  expect(await left([at(10 * MS, 11 * MS, 5)], 10 * MS - 20_000)).toBe(1);
  expect(await left([at(10 * MS, 11 * MS)], 10 * MS - 60_000)).toBe(1);
});
