// perf.data against `perf script` of the same recording: the same events, in the same order, at the same times.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import type { Event } from '../../src/event.js';
import { TraceError } from '../../src/import/format.js';
import { perfData } from '../../src/import/perf-data.js';
import { RULES } from '../../src/rules/index.js';
import { placed, readFile, sample, type ReadFile } from './binary.js';
import { capture, read } from './ftrace/text.js';

const STEPS = sample('perf-data/steps.perf.data.gz');
const steps = readFile(perfData, STEPS);

/** perf script tells nothing of samples taken while a guest ran, so its reader declares some kinds incomplete. */
const isTold = ({ kind }: Event): boolean => kind !== 'meta.chan';

function script(name: string): Pick<ReadFile, 'events' | 'info'> {
  const { events, info } = read(capture(`perf-script/${name}`));
  return { events: events.filter(isTold), info };
}

describe('steps', () => {
  test.each([
    ['steps-ns-pidtid.txt', 1],
    ['steps.txt', 1000],
  ])('gives the events of perf-script/%s', (text, unit) => {
    expect(steps.events.filter(isTold)).toHaveLength(49);
    expect(placed({ ...steps, events: steps.events.filter(isTold) }, unit, true)).toEqual(placed(script(text), 1));
  });

  test('counts every sample by its event', () => {
    expect(Object.fromEntries(steps.info.counts)).toEqual(Object.fromEntries(script('steps.txt').info.counts));
    expect(steps.info).toMatchObject({ lines: 101, lossMarks: 0, clock: 'ns', recorder: 'perf record', about: 'perf 6.1.192; Linux 6.1.0-56-amd64 x86_64; clock mono; 2 CPUs' });
    expect(steps.error).toBeUndefined();
  });

  test('numbers the samples in the order of perf script', () => {
    expect(steps.events.filter(isTold).map(({ at }) => at)).toEqual(script('steps.txt').events.map(({ at }) => at));
  });

  test('tells samples that were taken while a guest ran, too', () => {
    const bytes = Buffer.from(STEPS);
    // PERF_RECORD_MISC_GUEST_KERNEL in place of _KERNEL, in every sample
    let guests = 0;
    for (let at = 2984; at < 2984 + 33_424; at += bytes.readUInt16LE(at + 6)) {
      if (bytes.readUInt32LE(at) !== 9) continue;
      bytes.writeUInt16LE(4, at + 4);
      guests++;
    }
    expect([guests, readFile(perfData, bytes).events]).toEqual([101, steps.events]);
  });
});

describe('lost events', () => {
  const lost = readFile(perfData, sample('perf-data/loss.perf.data.gz'));
  const marks = [624, 666, 846, 81, 3041];

  test('are told once, at their time', () => {
    expect(lost.info.losses.map(({ n, what }) => [n, what])).toEqual(marks.map((n) => [n, `PERF_RECORD_LOST lost ${n}`]));
    expect(lost.info).toMatchObject({ lossMarks: 5, lostEvents: 5258, lines: 808 });
    const events = lost.events.filter(({ kind }) => kind === 'meta.lost');
    expect(events.map(({ ns, on, tid }) => [lost.info.base + BigInt(ns), on, tid])).toEqual(
      [24_159_016_020n, 24_163_117_806n, 24_167_081_019n, 24_168_845_994n, 24_249_160_926n].map((time) => [time, 0, -1]),
    );
  });

  test('give the events of perf script around them', () => {
    const text = script('lost.txt');
    const first = placed(text, 1)[0];
    const all = placed(lost, 1000, true);
    const at = all.findIndex((event) => JSON.stringify(event, text64) === JSON.stringify(first, text64));
    const around = all.slice(at, at + text.events.length - 1);
    expect(around).toHaveLength(30);
    expect(around).toEqual(placed(text, 1).slice(0, -1));
  });

  const text64 = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

  test('that only the counters of the events tell are told at the end', () => {
    const bytes = sample('perf-data/loss.perf.data.gz');
    bytes.writeBigUInt64LE(3000n, 90_624 + 8);
    const { info, events } = readFile(perfData, bytes);
    expect(info.losses.at(-1)).toMatchObject({ n: 371, what: 'PERF_RECORD_LOST_SAMPLES lost 371' });
    expect(events.at(-1)).toMatchObject({ kind: 'meta.lost', n: 371 });
  });
});

test('a ring that was overwritten may have lost what was before its first event', () => {
  const bytes = Buffer.from(STEPS);
  // write_backward
  bytes.writeUInt8(bytes.readUInt8(392 + 43) | 8, 392 + 43);
  const { events, info } = readFile(perfData, bytes);
  const firsts = steps.events.filter(({ on }, i, all) => all.findIndex((other) => other.on === on) === i);
  expect(firsts.map(({ on }) => on).sort()).toEqual([0, 1]);
  expect(info.losses).toEqual(firsts.map(({ on }) => ({ line: expect.any(Number), what: `CPU:${on} [what was before may be overwritten]` })));
  const lost = events.filter(({ kind }) => kind === 'meta.lost');
  const first = (cpu: number): Event | undefined => events.find(({ kind, on }) => on === cpu && kind !== 'meta.chan');
  expect(lost).toEqual([first(1), first(0)]);
});

describe('of which only some events were asked for', () => {
  const everything = (name: string): Pick<ReadFile, 'events' | 'info'> & { kinds: string[] } => {
    const { events, info } = readFile(perfData, sample(`perf-data/${name}.perf.data.gz`));
    return { events, info, kinds: events.filter(({ kind }) => kind !== 'vm.reset').slice(0, 2).map((event) => (event.kind === 'meta.chan' ? `${event.chan} ${event.cover}` : event.kind)) };
  };

  test.each([
    ['one-cpu', 200, '1 of 2 CPUs'],
    ['command', 418, '2 CPUs; chosen threads only'],
  ])('%s says so before its first event', (name, lines, about) => {
    const { info, kinds } = everything(name);
    expect(kinds[0]).toBe('* partial');
    expect(info).toMatchObject({ lines, about: `perf 5.10.223; Linux 5.10.0-32-amd64 x86_64; clock mono; ${about}` });
  });

  test.each([
    ['each tenth', (bytes: Buffer) => bytes.writeBigUInt64LE(10n, 392 + 16)],
    // a frequency in place of the period, even of one
    ['as many as a frequency allows', (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(392 + 41) | 4, 392 + 41)],
  ])('%s', (_, change) => {
    const bytes = Buffer.from(STEPS);
    change(bytes);
    const { events, info } = readFile(perfData, bytes);
    expect(info.about).toBe('perf 6.1.192; Linux 6.1.0-56-amd64 x86_64; clock mono; 2 CPUs; not every event sampled');
    expect(events[0]).toMatchObject({ kind: 'meta.chan', chan: '*', cover: 'partial' });
  });

  test('says it once', () => {
    expect(everything('one-cpu').events.filter((event) => event.kind === 'meta.chan' && event.chan === '*')).toHaveLength(1);
    expect(steps.events.filter((event) => event.kind === 'meta.chan' && event.chan === '*')).toEqual([]);
  });

  test('a healthy run of which half is missing breaks no rule, as it would if that were not known', () => {
    const violations = (bytes: Buffer): string[] => {
      const replay = new Replay({ rules: RULES });
      replay.feed(readFile(perfData, bytes).events);
      return replay.findings().filter(({ severity }) => severity === 'violation').map(({ rule }) => rule);
    };
    const bytes = sample('perf-data/one-cpu.perf.data.gz');
    expect(violations(bytes)).toEqual([]);
    // perf's feature NRCPUS: two CPUs there are and run
    const cpus = bytes.lastIndexOf(Buffer.from([2, 0, 0, 0, 2, 0, 0, 0]));
    bytes.writeUInt32LE(1, cpus + 4);
    expect(violations(bytes)).toContain('lapic/eoi-wrong-vector');
  });
});

/** Sets the feature DIR_FORMAT, whose content is what stands at byte 8, a small number. */
function inSeveralFiles(bytes: Buffer): void {
  bytes.writeUInt8(bytes.readUInt8(75) | 1, 75);
  const before = Array.from({ length: 24 }, (_, bit) => (bytes.readUInt8(72 + (bit >> 3)) >> (bit & 7)) & 1).reduce((sum, bit) => sum + bit);
  const table = Number(bytes.readBigUInt64LE(40) + bytes.readBigUInt64LE(48));
  bytes.writeBigUInt64LE(8n, table + before * 16);
}

describe('what cannot be read is refused with the way out', () => {
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.from(STEPS);
    change(bytes);
    return bytes;
  };

  test.each([
    ['a recording through a pipe', changed((bytes) => bytes.writeUInt32LE(16, 8)), 'found "a recording that went through a pipe (perf record -o -) at byte 8", expected a recording that is none of that, or the output of `perf script`'],
    ['the feature of packed records', changed((bytes) => bytes.writeUInt8(bytes.readUInt8(75) | 8, 75)), 'expected a recording that is none of that, or the output of `perf script`'],
    ['the feature of several files', changed(inSeveralFiles), 'found "a recording in several files (perf record --threads) at byte'],
    ['packed records', changed((bytes) => bytes.writeUInt32LE(81, 2984)), 'found "compressed records (perf record -z) at byte 2984", expected plain ones, or the output of `perf script`'],
    ['the other byte order', changed((bytes) => bytes.write('2ELIFREP')), 'found "big-endian data at byte 0", expected little-endian data: take the output of `perf script`'],
    ['a recording without event formats', changed((bytes) => bytes.writeUInt8(bytes.readUInt8(72) & ~2, 72)), 'found "no event formats at byte 72", expected a recording of tracepoints that perf record ended properly'],
    ['samples without raw data', changed((bytes) => bytes.writeUInt32LE(0x1_0187, 392 + 24)), 'found "samples without time, CPU or raw data at byte 24"'],
    ['a record of no length', changed((bytes) => bytes.writeUInt16LE(0, 2984 + 6)), 'found "a record of 0 bytes at byte 2984", expected at least 8'],
  ])('%s', (_what, bytes, message) => {
    const { events, error } = readFile(perfData, bytes);
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(TraceError);
    expect(String(error)).toContain(message);
  });
});

test('gives out before the end of a broken file only what is sure to be complete', () => {
  const bytes = sample('perf-data/loss.perf.data.gz');
  const { events, error } = readFile(perfData, Buffer.from(bytes).fill(0, 60_000, 60_008));
  const whole = readFile(perfData, bytes).events;
  expect(error).toBeInstanceOf(TraceError);
  expect(events.length).toBeGreaterThan(0);
  expect(events.map(({ at, kind }) => [at, kind])).toEqual(whole.slice(0, events.length).map(({ at, kind }) => [at, kind]));
});

describe('damage', () => {
  const DATA = 2984;
  const END = DATA + 33_424;

  /** Where the samples lie. */
  const samples = [...recordsOf(STEPS)].filter(({ type }) => type === 9).map(({ at }) => at);
  function* recordsOf(bytes: Buffer): Generator<{ at: number; type: number }> {
    for (let at = DATA; at < END; at += bytes.readUInt16LE(at + 6)) yield { at, type: bytes.readUInt32LE(at) };
  }
  const [first = 0, second = 0] = samples.slice(40);

  const damaged = (change: (bytes: Buffer) => void): ReadFile => {
    const bytes = Buffer.from(STEPS);
    change(bytes);
    return readFile(perfData, bytes);
  };

  test.each([
    ['of another event than its attribute asked for', (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(first + 60) ^ 1, first + 60)],
    ['with an id that no attribute has', (bytes: Buffer) => bytes.writeUInt8(0xee, second + 9)],
    ['whose raw data do not fill it', (bytes: Buffer) => bytes.writeUInt32LE(bytes.readUInt32LE(first + 56) - 8, first + 56)],
    ['of a CPU that no machine has', (bytes: Buffer) => bytes.writeUInt8(0x40, first + 43)],
    ['of a thread that no machine has', (bytes: Buffer) => bytes.writeUInt8(0x40, first + 67)],
  ])('a sample %s is a loss', (_, change) => {
    const { info, error } = damaged(change);
    expect([info.lossMarks, error]).toEqual([1, undefined]);
  });

  test('a sample from the far future is a loss, and leaves the others where they are', () => {
    const { info, events } = damaged((bytes) => bytes.writeUInt8(1, first + 38));
    expect(info.losses.map(({ what }) => what)).toEqual([`a sample up to byte ${second} whose time is not in order`]);
    expect(events.filter(({ kind }) => kind !== 'meta.lost').length).toBeGreaterThanOrEqual(steps.events.length - 1);
  });

  test.each([
    ['no type', 'type 200 at byte', (bytes: Buffer) => bytes.writeUInt8(200, first)],
    ['a size that is no multiple of 8', 'bytes at byte', (bytes: Buffer) => bytes.writeUInt8(bytes.readUInt8(first + 6) + 1, first + 6)],
    ['a record that reaches beyond the data', 'of data at byte', (bytes: Buffer) => bytes.writeUInt8(0xf0, DATA + 7)],
  ])('%s is told with its place', (_, expected, change) => {
    expect(String(damaged(change).error)).toContain(expected);
  });

  test('a file that is cut off behind its data tells so', () => {
    const { events, error } = readFile(perfData, STEPS.subarray(0, -100));
    expect(events).toEqual(steps.events);
    expect(String(error)).toContain(`the end of the file at byte ${STEPS.length - 100}", expected 100 bytes more`);
  });
});
