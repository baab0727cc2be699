// Two forms of one recording are refused before an event of them is judged; what other streams tell of the same run is not.

import { expect, test } from 'vitest';
import { gsi, pin, sourceId } from '../../src/ids.js';
import type { Event } from '../../src/event.js';
import { infoOf, logStream, merged, mergedWhole, streamOf, traceStream } from './streams.js';

const stamp = { seq: 0, on: 1, tid: 7, name: 'kvm_set_irq' } as const;

/** Pulses of one line, `late` ns behind their time, from the number `from` on. */
function pulses(stream: number, { late = 0, from = 0, line = 4, to = 40 } = {}): Event[] {
  return Array.from({ length: to - from }, (_, i): Event => {
    const n = i + from;
    return { ...stamp, kind: 'kvm.set_irq', ns: n * 1_000_000 + late, stream, at: i + 1, gsi: gsi(line), level: n % 2, source: sourceId(0), ret: undefined };
  });
}

const merge = (one: Event[], other: Event[], batch = 3): Promise<Event[]> => merged(streamOf(infoOf('one.dat', 1n), one, batch), streamOf(infoOf('other.txt', 1n), other, batch));

test.each([
  ['as they are', {}],
  ['as another recorder stamped them', { late: 60_000 }],
  ['from the tenth on', { from: 10 }],
])('the same events %s are refused', async (_, how) => {
  await expect(merge(pulses(0), pulses(1, how))).rejects.toThrow(/^other\.txt:1: found "the events of one\.dat", expected another stream of the run/);
});

test.each([
  ['of another line', { line: 5 }],
  ['a millisecond later', { late: 1_000_000 }],
])('events %s are others', async (_, how) => {
  expect(await merge(pulses(0), pulses(1, how))).toHaveLength(80);
});

test('a state that two files hold may be read twice', async () => {
  const reads = (stream: number): Event[] =>
    Array.from({ length: 20 }, (_, n): Event => ({ ...stamp, kind: 'ioapic.dst.read', ns: n * 1_000_000, stream, at: n + 1, pin: pin(n), dst: 0 }));
  await expect(merge(reads(0), reads(1))).resolves.toBeDefined();
});

test('the log of the calls and the trace of what they did are two streams', async () => {
  await expect(mergedWhole(logStream('a03', 0), traceStream('a03', 1))).resolves.toBeDefined();
});
