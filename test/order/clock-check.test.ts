// Streams with different clocks are refused, streams with one clock never.

import { expect, test } from 'vitest';
import { infoOf, logStream, merged, streamOf, traceStream, written } from './streams.js';

test('x1: the trace has the local clock, 22.15 ms ahead of CLOCK_MONOTONIC', async () => {
  // kvm_msi_set_irq at 2932.532643 for the eventfd_write at 2932.510488441: x1.raw.txt, x1.ioctl.jsonl.
  const expected = /^x1\.raw\.txt:\d+: found "times that run 22\.15\d ms ahead of those of x1\.ioctl\.jsonl", expected the same clock .*-C mono/;
  await expect(merged(logStream('x1', 0), traceStream('x1', 1))).rejects.toThrow(expected);
  await expect(merged(traceStream('x1', 0), logStream('x1', 1))).rejects.toThrow(expected);
});

test('x1 with its trace put back by the distance is accepted', async () => {
  // 7 messages and 7 accepts of the trace; of the log 13 channels, 9 notes, 4 of the VM, 4 + 7 + 7 of eventfds, 1 + 17 + 3 of the MSI-X table.
  await expect(merged(logStream('x1', 0), traceStream('x1', 1, -22_154_000n))).resolves.toHaveLength(14 + 65);
});

test.each(['a01', 'a03', 'a04', 'a05', 'a06', 'a07', 'c01'])('%s: one clock is accepted', async (name) => {
  await expect(merged(logStream(name, 0), traceStream(name, 1))).resolves.not.toEqual([]);
});

test.each(['a03', 'a04', 'a06', 'a07', 'c01'])('%s: a distance of 3 ms either way is seen', async (name) => {
  await expect(merged(logStream(name, 0), traceStream(name, 1, 3_000_000n))).rejects.toThrow(/times that run (2\.99|3\.00)\d ms ahead/);
  await expect(merged(logStream(name, 0), traceStream(name, 1, -3_000_000n))).rejects.toThrow(/times that run (2\.99|3\.00)\d ms behind/);
});

test('streams that share no time are refused even if nothing in them can be compared', async () => {
  const log = streamOf(infoOf('log', 1_000_000_000n), written(0, '@0 fd.open fd=3', '@5000 fd.close fd=3'));
  const trace = streamOf(infoOf('trace', 2_000_000_000n), written(1, '@0 apic.eoi cpu=0 vec=65', '@10 apic.eoi cpu=0 vec=65'));
  await expect(merged(log, trace)).rejects.toThrow('trace:1: found "times from 2.000000 to 2.000000 s", expected times that overlap those of log, 1.000000 to 1.000005 s (several files are read as streams of one run: ');
});

test('streams that lie close together may be the ends of one run: nothing known from the one is used with the other', async () => {
  const log = streamOf(infoOf('log', 1_000_000_000n), written(0, '@0 fd.open fd=3', '@5000 fd.close fd=3'));
  const trace = streamOf(infoOf('trace', 1_020_000_000n), written(1, '@0 apic.eoi cpu=0 vec=65', '@10 apic.eoi cpu=0 vec=65'));
  const kinds = (await merged(log, trace)).map(({ kind }) => kind);
  expect(kinds).toEqual(['fd.open', 'fd.close', 'meta.start', 'apic.eoi', 'apic.eoi']);
});

const END = '@2900000000 meta.note text="end"';
const call = (ns: number, text: string): string => `@${ns} ${text} [${ns},${ns + 2000}]`;
const SIGNAL = 'efd.signal fd=8';
const ASSERT = 'kvm.set_irq gsi=4 level=1 source=0';
const MESSAGE = 'kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=1';
const both = async (log: readonly string[], trace: readonly string[]) =>
  merged(streamOf(infoOf('log', 0n), written(0, ...log, END), 1000), streamOf(infoOf('trace', 0n), written(1, ...trace), 1000));

test('signals that set off nothing, beside messages of another cause, are no proof of two clocks', async () => {
  // 2,000 messages at irregular times: somewhere three of eight signals fit by chance.
  const messages = Array.from({ length: 2000 }, (_, index) => `@${index * 1_000_000 + ((index * 7919) % 1000) * 997} ${MESSAGE}`);
  const signals = [10, 23, 41, 58, 77, 190, 351, 1602].map((ms) => call(ms * 1_000_000 + 1, SIGNAL));
  await expect(both(signals, messages)).resolves.toHaveLength(8 + 2000 + 1);
});

test('an answer that comes a little later than each signal is no other clock', async () => {
  const times = [10, 23, 41, 58, 77].map((ms) => ms * 1_000_000);
  const answers = times.map((ns) => `@${ns + 300_000} ${MESSAGE}`);
  await expect(both(times.map((ns) => call(ns, SIGNAL)), answers)).resolves.toHaveLength(5 + 5 + 1);
});

test('a trace that was begun late of something that goes on at a steady pace is no other clock', async () => {
  const ticks = Array.from({ length: 60 }, (_, index) => index * 1_000_000);
  const traced = ticks.slice(40).map((ns) => `@${ns + 1000} ${ASSERT}`);
  await expect(both(ticks.map((ns) => call(ns, ASSERT)), traced)).resolves.toHaveLength(60 + 1);
});

// Irregular times: their distances repeat nowhere.
const irregular = (count: number): number[] => Array.from({ length: count }, (_, index) => 1_000_000 * (index * index * 3 + index * 7 + 1) + index * 31_337);
const LATER = 5_000_000;

test('some calls without a line, among more that have theirs, are a gap in the trace', async () => {
  const times = irregular(14);
  const lines = times.map((ns, index) => ns + (index % 4 === 0 ? LATER : 1000)).toSorted((a, b) => a - b);
  await expect(both(times.map((ns) => call(ns, ASSERT)), lines.map((ns) => `@${ns} ${ASSERT}`))).resolves.toHaveLength(14 + 4 + 1);
});

test('a distance that fits fewer than half of the calls is none', async () => {
  const times = irregular(10);
  const lines = times.slice(0, 5).map((ns) => `@${ns + LATER} ${ASSERT}`);
  await expect(both(times.map((ns) => call(ns, ASSERT)), lines)).resolves.toHaveLength(10 + 5 + 1);
  const six = times.slice(0, 6).map((ns) => `@${ns + LATER} ${ASSERT}`);
  await expect(both(times.map((ns) => call(ns, ASSERT)), six)).rejects.toThrow(/times that run (4\.99|5\.00)\d ms ahead/);
});

test('nor is one that chance explains', async () => {
  const times = irregular(7);
  const others = Array.from({ length: 100 }, (_, index) => index * 1_800_007 + ((index * 7919) % 613) * 401);
  const lines = [...others, ...times.slice(0, 4).map((ns) => ns + LATER)].toSorted((a, b) => a - b);
  await expect(both(times.map((ns) => call(ns, SIGNAL)), lines.map((ns) => `@${ns} ${MESSAGE}`))).resolves.toHaveLength(7 + 104 + 1);
});
