// An index tells of every moment what a replay from the beginning tells.

import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { indexedStates } from '../../src/commands/indexed.js';
import type { Moment } from '../../src/commands/moment.js';
import { Recording } from '../../src/commands/recording.js';
import { statesAt, type States } from '../../src/commands/states-at.js';
import { numbers } from '../import/binary.js';
import { TRACES } from '../replay.js';

const folder = mkdtempSync(join(tmpdir(), 'irqreplay-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function straight(file: string, moments: readonly Moment[]): Promise<States> {
  const recording = await Recording.open([file]);
  const states = await statesAt(new Replay({ rules: [] }), recording.events(), moments);
  return { states, names: recording.files };
}

const { signal } = new AbortController();
const indexed = (file: string, index: string, moments: readonly Moment[]): Promise<States | undefined> => indexedStates({ files: [file], index, signal }, moments);

/** How many events a recording has, and its last time. */
async function sizeOf(file: string): Promise<{ events: number; ns: number }> {
  const replay = new Replay({ rules: [] });
  for await (const batch of (await Recording.open([file])).events()) replay.feed(batch);
  return { events: replay.events, ns: replay.span };
}

// an index has a machine for every 4,096 events at most
test.each(['recordings/x86-kvm-vfio-intx-msix/trace.txt.zst', 'recordings/x86-kvm-split-irqchip/trace.txt.zst'])('%s at 100 random moments, by number and by time, before the beginning and after the end', async (path) => {
  const file = join(TRACES, path);
  const { events, ns } = await sizeOf(file);
  expect(events).toBeGreaterThan(2 * 4096);
  const random = numbers(events);
  const moments: Moment[] = [...[0, 4095, 4096, 4097, 8191, 8192].map((n) => ({ events: n })), { ns: -1 }, { ns: 0 }, { events: events + 1 }, { ns: ns + 1 }];
  while (moments.length < 100) moments.push(moments.length % 2 === 0 ? { events: random(events) } : { ns: (random(1e6) / 1e6) * ns });
  const index = join(folder, 'index');
  const expected = await straight(file, moments);
  expect(await indexed(file, index, moments)).toEqual(expected);
  expect(await indexed(file, index, moments.slice(40, 60))).toEqual({ ...expected, states: expected.states.slice(40, 60) });
  expect(new Set(expected.states.map((state) => state.events)).size).toBeGreaterThan(80);
  rmSync(index);
});

describe('an index', () => {
  const file = join(folder, 'level.irq');
  const index = join(folder, 'level.index');
  const end: readonly Moment[] = [{ events: Infinity }];
  const text = readFileSync(join(TRACES, 'formats/irq/level-resample.irq'), 'utf8');

  test('is made anew when the recording has changed', async () => {
    writeFileSync(file, text);
    const before = await indexed(file, index, end);
    writeFileSync(file, `${text}@99000000000 ioapic.in pin=23 level=1\n`);
    utimesSync(file, 7, 7);
    const after = await indexed(file, index, end);
    expect(after?.states[0]?.events).toBe((before?.states[0]?.events ?? 0) + 1);
  });

  test('is not made over a file that is none', async () => {
    await expect(indexed(file, file, end)).rejects.toThrow('found a file that is no index');
    expect(readFileSync(file, 'utf8')).toContain(text);
  });

  test('that has been cut short or changed is told from the recording', async () => {
    await indexed(file, index, end);
    const whole = readFileSync(index);
    writeFileSync(index, whole.subarray(0, -1));
    await expect(indexed(file, index, end)).rejects.toThrow(`--index ${index}: found a damaged index (it ends early)`);
    whole.fill(0x55, 20, 60);
    writeFileSync(index, whole);
    await expect(indexed(file, index, end)).rejects.toThrow(`--index ${index}: found a damaged index`);
  });

  test('needs a recording that can be read again', async () => {
    await expect(indexed('-', index, end)).rejects.toThrow('--index needs files that can be read twice, which - is not');
  });
});
