// The distance of two clocks, found from what two streams show; nothing is found where more than one distance would do.

import { expect, test } from 'vitest';
import { FORMATS } from '../../src/import/index.js';
import { openRecording } from '../../src/import/open.js';
import { Landmarks, searchOffset } from '../../src/order/clock-search.js';
import { logStream, traceStream, written } from './streams.js';
import type { Stream } from '../../src/order/input.js';

function landmarks(...lines: readonly string[]): Landmarks {
  const marks = new Landmarks();
  for (const event of written(0, ...lines)) marks.add(event);
  return marks;
}

async function landmarksOf({ batches }: Stream): Promise<Landmarks> {
  const marks = new Landmarks();
  for await (const batch of batches()) for (const event of batch) marks.add(event);
  return marks;
}

/** Irregular times, ms apart. */
const irregular = (count: number): number[] => Array.from({ length: count }, (_, i) => 1_000_000 * (i * i * 3 + i * 7 + 1) + ((i * 7919) % 613) * 401);
const HOUR = 3_600_000_000_000;
const acknowledged = (ns: number): string => `@${ns} pgic.iar cpu=0 id=27`;
const rises = (ns: number): string => `@${ns} gic.in id=27 level=1 cpu=0`;

test('x1: the local clock runs 22.15 ms ahead of CLOCK_MONOTONIC', async () => {
  const [log, trace] = [logStream('x1', 0), traceStream('x1', 1)];
  const found = searchOffset(await landmarksOf(trace), await landmarksOf(log));
  const ns = Number((found?.ns ?? 0n) + log.info.base - trace.info.base);
  // kvm_msi_set_irq at 2932.532643 for the eventfd_write from 2932.510488441 on, which took about 10 µs.
  expect(Math.abs(ns + 22_152_000)).toBeLessThan(found?.uncertainty ?? 0);
  expect(found).toMatchObject({ matched: 7, of: 7 });
  expect(found?.uncertainty).toBeLessThan(20_000);
});

test('a guest timer\'s acknowledge in the one, its rise in the other some 10 µs later', () => {
  const times = irregular(40);
  const log = landmarks(...times.map((ns) => acknowledged(ns + HOUR)));
  const trace = landmarks(...times.slice(10, 30).map((ns, i) => rises(ns + 12_000 + (i % 7) * 3000)));
  const found = searchOffset(trace, log);
  expect(Math.abs(Number(found?.ns) - HOUR)).toBeLessThan(found?.uncertainty ?? 0);
  expect(found).toMatchObject({ matched: 20, of: 20 });
  const back = searchOffset(log, trace);
  expect(Math.abs(Number(back?.ns) + HOUR)).toBeLessThan(back?.uncertainty ?? 0);
});

test('a timer that ticks at a steady pace fits at many distances: none is taken', () => {
  const ticks = Array.from({ length: 100 }, (_, i) => i * 4_000_000);
  expect(searchOffset(landmarks(...ticks.slice(30, 60).map(rises)), landmarks(...ticks.map((ns) => acknowledged(ns + HOUR))))).toBeUndefined();
});

test('sync marks of the same words', () => {
  const mark = (ns: number, text: string): string => `@${ns} meta.note text="${text}"`;
  const ours = ['irqr sync a', 'irqr sync b', 'irqr sync c'].map((text, i) => mark(irregular(3)[i] ?? 0, text));
  const theirs = ['irqr sync a', 'irqr sync b', 'irqr sync c'].map((text, i) => mark((irregular(3)[i] ?? 0) + 70_000_000, text));
  expect(searchOffset(landmarks(...ours), landmarks(...theirs))).toMatchObject({ ns: 70_000_000n, matched: 3, of: 3 });
  expect(searchOffset(landmarks(...ours.slice(1)), landmarks(...theirs))).toBeUndefined();
});

test('what has nothing in common, or fits less than half, tells nothing', () => {
  const times = irregular(20);
  const line = (gsi: number) => (ns: number): string => `@${ns} kvm.set_irq gsi=${gsi} level=1 source=0`;
  expect(searchOffset(landmarks(...times.map(line(4))), landmarks(...times.map(line(5))))).toBeUndefined();
  const half = times.map((ns, i) => ns + HOUR + (i % 2) * 1_800_000 * (i + 3));
  expect(searchOffset(landmarks(...times.map(line(4))), landmarks(...half.map(line(4))))).toBeUndefined();
});

const [LOG, TRACE] = ['formats/two-clocks/arm-cut-vhe-vtimer.qemu.log.gz', 'recordings/arm-cut-vhe-vtimer/trace.txt.gz'];

test('the log of QEMU and the trace of the host in it: each list register that KVM fills is written then', async () => {
  const [log, trace] = await Promise.all([LOG, TRACE].map((name) => openRecording(new URL(`../../traces/${name}`, import.meta.url).pathname, FORMATS, 0)));
  if (log === undefined || trace === undefined) throw new Error('two recordings');
  const [ours, theirs] = [await landmarksOf(trace), await landmarksOf(log)];
  const found = searchOffset(ours, theirs);
  const ns = (found?.ns ?? 0n) + log.info.base - trace.info.base;
  // by marks in the trace around writes that QEMU logs; within 0.3 ms sure, and refined by the guest's timer
  expect(Math.abs(Number(ns - 1_795_219_567_719_084_000n))).toBeLessThan(found?.uncertainty ?? 0);
  expect(found).toMatchObject({ matched: 102, of: 102 });
  expect(found?.uncertainty).toBeLessThan(100_000);
  expect(searchOffset(theirs, ours)).toMatchObject({ ns: -(found?.ns ?? 0n), uncertainty: found?.uncertainty });
});

const FIELDS = 'line=1 latch=0 active=0 enabled=1 hw=1';
const fills = (ns: number, vid = 27): readonly string[] => [`@${ns} vgic.irq vid=${vid} ${FIELDS}`, `@${ns} vgic.flush cpu=0 lr=0 vid=${vid} hw=1`];
const writes = (ns: number, vid = 27): string => `@${ns} vgic.flush cpu=0 lr=0 vid=${vid} st=P hw=1 pid=27`;

test('list registers of several interrupts, though the trace is a small part of the log', () => {
  const times = irregular(200);
  const log = landmarks(...times.map((ns, i) => writes(ns + HOUR, 27 + (i % 5))));
  const trace = landmarks(...times.slice(60, 80).flatMap((ns, i) => fills(ns - 11_000 - (i % 9) * 5000, 27 + ((i + 60) % 5))));
  const found = searchOffset(trace, log);
  expect(Math.abs(Number(found?.ns) - HOUR)).toBeLessThan(found?.uncertainty ?? 0);
  expect(found).toMatchObject({ matched: 20, of: 20 });
});

test('ticks that come 80 µs early or late are told apart by how soon a list register is written', () => {
  const ticks = Array.from({ length: 100 }, (_, i) => i * 4_000_000 + ((i * i * 7919) % 613) * 260);
  const log = landmarks(...ticks.map((ns) => writes(ns + HOUR)));
  const found = searchOffset(landmarks(...ticks.slice(20, 80).flatMap((ns, i) => fills(ns - 12_000 - (i % 7) * 2000))), log);
  expect(Math.abs(Number(found?.ns) - HOUR)).toBeLessThan(found?.uncertainty ?? 0);
  // known by the longest time that it may take, not by that which told them apart
  expect(found?.uncertainty).toBeGreaterThan(50_000);
});

test('a machine that was stopped for a while has two distances: none is taken', () => {
  const times = irregular(60);
  const moved = (stopped: number): string[] => times.map((ns, i) => writes(ns + HOUR + (i < 45 ? 0 : stopped)));
  const trace = landmarks(...times.flatMap((ns) => fills(ns - 15_000)));
  expect(searchOffset(trace, landmarks(...moved(0)))).toMatchObject({ matched: 60, of: 60 });
  expect(searchOffset(trace, landmarks(...moved(33_000_000)))).toBeUndefined();
});

test('what QEMU says before it calls KVM: routing tables and lines, some 10 to 800 µs earlier; the first, before the guest runs, much earlier', () => {
  const times = irregular(12);
  const takes = (i: number): number => (i === 0 ? 2_700_000 : 10_000 + ((i * 311) % 790) * 1000);
  const log = landmarks(...times.map((ns, i) => `@${ns + HOUR} ${i % 3 === 0 ? 'intx.line line=20 level=1' : 'kvm.route.commit'}`));
  const trace = landmarks(...times.map((ns, i) => `@${ns + takes(i)} ${i % 3 === 0 ? 'kvm.set_irq gsi=20 level=1 source=0' : 'kvm.routes nr=24 ret=0 map=default'}`));
  const found = searchOffset(log, trace);
  expect(Math.abs(Number(found?.ns) + HOUR)).toBeLessThan(found?.uncertainty ?? 0);
  expect(found?.uncertainty).toBeLessThan(1_000_000);
  expect(found).toMatchObject({ matched: 11, of: 12 });
});

test('a resampler that KVM has got, and what QEMU says of it then; other irqfds tell nothing', () => {
  const times = irregular(8);
  const trace = (resample: string) => landmarks(...times.map((ns) => `@${ns} kvm.irqfd.assign fd=7 gsi=20 flags=2${resample} ret=0`));
  const log = landmarks(...times.map((ns, i) => `@${ns + HOUR + 40_000 + i * 1000} vfio.fast dev=0000:01:00.0`));
  const found = searchOffset(log, trace(' resample=8'));
  expect(Math.abs(Number(found?.ns) + HOUR)).toBeLessThan(found?.uncertainty ?? 0);
  expect(searchOffset(log, trace(''))).toBeUndefined();
});

test('of QEMU\'s lines that a trace shows at other distances none is taken', () => {
  const log = landmarks(...irregular(12).map((ns) => `@${ns} kvm.route.commit`));
  const trace = landmarks(...irregular(12).map((ns, i) => `@${ns + i * i * 5_000_000} kvm.routes nr=24 ret=0 map=default`));
  expect(searchOffset(log, trace)).toBeUndefined();
});

test('entries of an IOAPIC of QEMU\'s, which KVM shows as it leaves them to QEMU some µs earlier', () => {
  const times = irregular(12);
  const entry = (ns: number, i: number): string => `@${ns} ioapic.rte pin=${i % 4} vec=${48 + i} dm=0 trig=edge mask=0`;
  const left = new Landmarks();
  for (const event of written(0, ...times.map(entry))) left.add({ ...event, name: 'kvm_mmio' });
  const log = landmarks(...times.map((ns, i) => entry(ns + HOUR + 20_000 + (i % 5) * 40_000, i)));
  const found = searchOffset(log, left);
  expect(Math.abs(Number(found?.ns) + HOUR)).toBeLessThan(found?.uncertainty ?? 0);
  expect(found).toMatchObject({ matched: 12, of: 12 });
  expect(found?.uncertainty).toBeLessThan(600_000);
});
