// trace.dat against `trace-cmd report` of the same recording: the same events, in the same order, at the same times.

import { describe, expect, test } from 'vitest';
import { TraceError } from '../../src/import/format.js';
import { traceDat } from '../../src/import/trace-dat.js';
import { placed, readFile, sample } from './binary.js';
import { withZlib } from './tracebin/zlib.js';
import { capture, read } from './ftrace/text.js';

const STEPS = ['steps.v6.dat', 'steps.v7-none.dat', 'steps.v7-zstd.dat'];

describe.each(STEPS)('%s', (name) => {
  const dat = readFile(traceDat, sample(`trace-dat/${name}`));

  test.each([
    ['steps.txt', 6],
    ['steps-t.txt', 9],
  ])('gives the events of trace-cmd/%s', (text, digits) => {
    const report = read(capture(`trace-cmd/${text}`));
    expect(dat.events).toHaveLength(62);
    expect(placed(dat, 10 ** (9 - digits))).toEqual(placed(report, 1));
  });

  test('counts every record by its event, as the report does', () => {
    expect(Object.fromEntries(dat.info.counts)).toEqual(Object.fromEntries(read(capture('trace-cmd/steps.txt')).info.counts));
    expect(dat.info.lines).toBe(110);
  });

  test('loses nothing and ends well', () => {
    expect([dat.info.lossMarks, dat.error]).toEqual([0, undefined]);
  });

  test('tells version, kernel, clock, CPUs and buffers', () => {
    const [, version, packing] = /v([67])-?(zstd)?/.exec(name) ?? [];
    expect(dat.info.about).toBe(
      `version ${version}${packing === undefined ? '' : ', zstd'}; trace-cmd 3.1.6; Linux 6.1.0-56-amd64 x86_64; clock mono; 2 CPUs, buffers: gen`,
    );
    expect([dat.info.clock, dat.info.recorder]).toEqual(['ns', 'trace-cmd record']);
  });

  test('numbers the records in the order of the report', () => {
    const lines = read(capture('trace-cmd/steps.txt')).events.map(({ at }) => at - 1);
    expect(dat.events.map(({ at }) => at)).toEqual(lines);
  });
});

test.each(['steps', 'loss'])('%s packed with zlib gives the same', (name) => {
  const zstd = sample(`trace-dat/${name}.v7-zstd.dat`);
  const zlib = withZlib(zstd);
  const { events, info, error } = readFile(traceDat, zlib);
  expect(zlib.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))).toBe(-1);
  expect(error).toBeUndefined();
  expect(events).toEqual(readFile(traceDat, zstd).events);
  expect(info.about).toContain('version 7, zlib; ');
});

test('stacks of any length stand between the events without hurting them', () => {
  const dat = readFile(traceDat, sample('trace-dat/stacks.v7-zstd.dat'));
  const report = read(capture('trace-cmd/stacks-t.txt'));
  expect([dat.info.lossMarks, dat.info.counts.get('kernel_stack'), dat.info.counts.get('kvm_set_irq')]).toEqual([0, 21, 6]);
  expect(report.info.lossMarks).toBe(0);
  expect(placed(dat, 1)).toEqual(placed(report, 1));
});

describe('lost events', () => {
  const dat = readFile(traceDat, sample('trace-dat/loss.v7-zstd.dat'));

  test('are told where the kernel marked the page, with their number', () => {
    expect(dat.info.losses).toEqual([
      { line: 16, n: 2498, what: 'CPU:0 [2498 EVENTS DROPPED]' },
      { line: 640, n: 780, what: 'CPU:0 [780 EVENTS DROPPED]' },
      { line: 1111, n: 1248, what: 'CPU:0 [1248 EVENTS DROPPED]' },
    ]);
    expect([dat.info.lossMarks, dat.info.lostEvents]).toEqual([3, 4526]);
  });

  test('stand in front of the record behind them', () => {
    const at = dat.events.findIndex(({ kind }) => kind === 'meta.lost');
    expect(dat.events.slice(at - 1, at + 2)).toMatchObject([{ at: 16 }, { kind: 'meta.lost', cpu: 0, n: 2498, on: 0, tid: -1 }, { at: 17, on: 0 }]);
    expect(dat.events[at]?.ns).toBe(dat.events[at + 1]?.ns);
  });

  test('that the kernel counted without a mark are told at the end', () => {
    const bytes = sample('trace-dat/steps.v7-none.dat');
    bytes.write('overrun: 7', bytes.indexOf('overrun: 0'));
    const { info, events } = readFile(traceDat, bytes);
    expect(info.losses).toEqual([{ line: expect.any(Number), n: 7, what: 'CPU:0 [7 events overwritten]' }]);
    expect(events.filter(({ kind }) => kind === 'meta.lost')).toHaveLength(1);
  });
});

describe('the clock', () => {
  const clocked = (name: string): Buffer => {
    const bytes = sample('trace-dat/steps.v7-none.dat');
    const list = 'local global counter uptime perf [mono] mono_raw boot tai x86-tsc\n';
    bytes.write(list.replace('[mono]', 'mono').replace(name, `[${name}]`), bytes.indexOf(list));
    return bytes;
  };

  test.each(['local', 'global', 'perf', 'mono_raw', 'boot', 'tai'])('%s counts ns', (name) => {
    expect(readFile(traceDat, clocked(name)).info).toMatchObject({ clock: 'ns', about: expect.stringContaining(`clock ${name};`) });
  });

  test.each(['counter', 'uptime', 'x86-tsc'])('%s counts ticks', (name) => {
    expect(readFile(traceDat, clocked(name)).info).toMatchObject({ clock: 'integer', base: 5_768_898_872n });
  });

  test('x86-tsc is turned into ns where the file says how', () => {
    const bytes = clocked('x86-tsc');
    // In place of the version (35 bytes of a kernel's name): multiplier 3, shift 1, offset 1000.
    const option = bytes.indexOf(Buffer.from('05002300', 'hex'));
    bytes.writeUInt16LE(14, option);
    bytes.writeUInt32LE(3, option + 6);
    bytes.writeUInt32LE(1, option + 10);
    bytes.writeBigUInt64LE(1000n, option + 14);
    const { info, events } = readFile(traceDat, bytes);
    expect([info.clock, info.base]).toEqual(['ns', (5_768_898_872n * 3n) / 2n + 1000n]);
    const plain = readFile(traceDat, sample('trace-dat/steps.v7-none.dat'));
    const last = BigInt(plain.events.at(-1)?.ns ?? 0) + plain.info.base;
    expect(info.base + BigInt(events.at(-1)?.ns ?? 0)).toBe((last * 3n) / 2n + 1000n);
  });
});

describe('two trace buffers', () => {
  test('of one clock are read in one order', () => {
    const { events, info, error } = readFile(traceDat, sample('trace-dat/two-buffers.dat'));
    expect([error, info.lines, info.about?.split('; ').at(-1)]).toEqual([undefined, 21, '1 CPUs, buffers: hd_b, hd_a']);
    expect(events.filter(({ kind }) => kind !== 'meta.chan').slice(0, 3).map(({ kind }) => kind)).toEqual(['kvm.set_irq', 'ioapic.in', 'ioapic.deliver']);
  });

  test.each([
    ['a clock of ticks', 'now ts: 123456789012', 'found "trace buffers hd_b and hd_a, which do not have one clock at byte 10", expected one clock for all of them'],
    ['a clock that is 40 ms behind', 'now ts:   809.145000', 'do not have one clock'],
    ['no times', 'now tx:     0.000000', 'undefined'],
    ['much else to do between them', 'now ts:   809.994000', 'undefined'],
    ['a minute between them', 'now ts:   869.194000', 'do not have one clock'],
  ])('with %s', (_, text, outcome) => {
    const bytes = sample('trace-dat/two-buffers.dat');
    const second = bytes.indexOf('now ts: ', bytes.indexOf('Buffer: hd_a'));
    for (let at = second, n = 0; at >= 0 && n < 2; at = bytes.indexOf('now ts: ', at + 1), n++) bytes.write(text, at);
    expect(String(readFile(traceDat, bytes).error)).toContain(outcome);
  });
});

describe('the clock of trace-cmd 2.9 stands behind the places of the data', () => {
  const old = (clock: string): Buffer => {
    const bytes = sample('trace-dat/steps.v6.dat');
    const text = 'local global counter uptime perf [mono]';
    const option = bytes.indexOf(text) - 6;
    const length = bytes.readUInt32LE(option + 2);
    expect(bytes.readUInt16LE(option)).toBe(4);
    // Empty, and one of no meaning as long as what it held.
    bytes.writeUInt32LE(0, option + 2);
    bytes.writeUInt16LE(99, option + 6);
    bytes.writeUInt32LE(length - 6, option + 8);
    bytes.write(clock, bytes.indexOf('[mono]', option + 6 + length), 'latin1');
    return bytes;
  };

  test.each([['[mono]', 'ns'], ['[ev-1]', 'integer'], ['spoilt', 'integer']])('%s', (clock, unit) => {
    const { info, events, error } = readFile(traceDat, old(clock));
    expect([error, info.clock]).toEqual([undefined, unit]);
    expect(events).toEqual(readFile(traceDat, sample('trace-dat/steps.v6.dat')).events);
  });
});

test('what a tracer of latencies left is read as the text that it is', () => {
  const bytes = sample('trace-dat/steps.v6.dat');
  // The option that names the instance becomes one of no meaning.
  bytes.writeUInt16LE(99, bytes.indexOf(Buffer.from('gen\0')) - 14);
  const tag = bytes.indexOf('flyrecord\0');
  const text = capture('tracefs/steps-latency.txt');
  const { events, info, error } = readFile(traceDat, Buffer.concat([bytes.subarray(0, tag), Buffer.from('latency  \0'), Buffer.from(text)]));
  expect(error).toBeUndefined();
  expect(events).toEqual(read(text).events);
  expect(info.about).toContain('latency text');
});

describe('what cannot be read is refused with its place', () => {
  const changed = (name: string, at: number, byte: number): Buffer => {
    const bytes = sample(`trace-dat/${name}`);
    bytes[at] = byte;
    return bytes;
  };

  test.each([
    ['version 5', changed('steps.v6.dat', 10, 0x35), 'found "version \\"5\\" at byte 10", expected version 6 or 7'],
    ['big-endian', changed('steps.v6.dat', 12, 1), 'found "big-endian data at byte 12", expected little-endian data: take the output of `trace-cmd report`'],
    ['a long of 2 bytes', changed('steps.v6.dat', 13, 2), 'found "a long of 2 bytes at byte 13", expected 4 or 8'],
    ['another compression', changed('steps.v7-zstd.dat', 19, 0x7a), 'found "compression \\"zztd\\" at byte 18", expected none, zlib or zstd'],
    ['a file cut in its header', sample('trace-dat/steps.v6.dat').subarray(0, 200), 'found "the end of the file after 162 of 205 bytes at byte 38", expected header_page'],
  ])('%s', (_what, bytes, message) => {
    const { events, error } = readFile(traceDat, bytes);
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(TraceError);
    expect(String(error)).toContain(message);
  });
});

test.each(['steps.v6.dat', 'steps.v7-none.dat', 'steps.v7-zstd.dat', 'loss.v7-zstd.dat', 'two-buffers.dat'])('of a part of %s the end is told, wherever what is missing would stand', (name) => {
  const whole = sample(`trace-dat/${name}`);
  const told = Array.from({ length: 40 }, (_, i) => Math.floor((whole.length * (i + 1)) / 42)).flatMap((size) => {
    const { error } = readFile(traceDat, whole.subarray(0, size));
    return [...String(error).matchAll(/^TraceError: \S+?:(\d+): found ".* at byte (\d+)"/g)].map(([, line, byte]) => ({ size, line: Number(line), byte: Number(byte) }));
  });
  expect(told.length).toBeGreaterThan(30);
  expect(told.filter(({ size, line, byte }) => line > size || byte > size)).toEqual([]);
});
