// The option TIME_SHIFT of a guest's trace.dat, in the layout of trace-cmd's lib/trace-cmd/trace-input.c (handle_options, case
// TRACECMD_OPTION_TIME_SHIFT), and the times that its timestamp_host_sync makes of it.

import { expect, test } from 'vitest';
import { Cursor } from '../../../src/import/cursor.js';
import { TraceError } from '../../../src/import/format.js';
import { inMemory } from '../../../src/import/random-access.js';
import { traceDat } from '../../../src/import/trace-dat.js';
import { readTimeShift } from '../../../src/import/tracebin/time-shift.js';
import { readFile, sample } from '../binary.js';

type Sample = readonly [time: bigint, offset: bigint, scaling: bigint, fraction?: bigint];

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const s64 = (values: readonly bigint[]): Buffer => Buffer.from(BigInt64Array.from(values).buffer);

function option(flags: number, ...cpus: readonly (readonly Sample[])[]): Buffer {
  const column = (samples: readonly Sample[], at: number): Buffer => s64(samples.map((one) => one[at] ?? 0n));
  const offsets = cpus.flatMap((samples) => [u32(samples.length), column(samples, 0), column(samples, 1), column(samples, 2)]);
  const fractions = cpus.some((samples) => samples.some((one) => one.length > 3)) ? cpus.map((samples) => column(samples, 3)) : [];
  return Buffer.concat([s64([0x1234n]), u32(flags), u32(cpus.length), ...offsets, ...fractions]);
}

const shiftsOf = (bytes: Buffer) => readTimeShift(new Cursor('given', inMemory(bytes, { unpack: () => bytes })), bytes.length);

test('one sample: its offset alone', () => {
  const [shift, none] = shiftsOf(option(0, [[500n, -7n, 3n]], []));
  expect(shift?.(1000n)).toBe(993n);
  expect(none).toBeUndefined();
});

test('several: that in front of the stamp, the first before it and the last but one behind the last', () => {
  const [shift] = shiftsOf(option(0, [[300n, 30n, 1n], [100n, 10n, 1n], [200n, 20n, 1n], [200n, 99n, 1n]]));
  expect([50n, 100n, 199n, 200n, 299n, 300n, 900n].map((stamp) => shift?.(stamp))).toEqual([60n, 110n, 209n, 220n, 319n, 320n, 920n]);
});

test('a line through both, with halves rounded away, and on beyond them', () => {
  const [shift] = shiftsOf(option(1, [[100n, 10n, 1n], [200n, 20n, 1n]]));
  // 10 + (50 * 10 + 50) / 100 = 15, 10 + (49 * 10 + 50) / 100 = 15, 10 + (44 * 10 + 50) / 100 = 14; before: 10 + (-50 * 10 + 50) / 100 = 6
  expect([150n, 149n, 144n, 50n, 300n].map((stamp) => shift?.(stamp))).toEqual([165n, 164n, 158n, 56n, 330n]);
});

test('a scaling with fraction bits, of each CPU its own', () => {
  const [first, second] = shiftsOf(option(0, [[1n, 5n, 3n, 1n], [2n, 5n, 3n, 1n]], [[1n, -5n, 1n, 0n], [2n, -5n, 1n, 0n]]));
  expect([first?.(1001n), second?.(1001n)]).toEqual([1506n, 996n]);
});

test.each([
  ['no room for its head', option(0).subarray(0, 12), /the session, flags and number of CPUs/],
  ['more CPUs than there are', option(0, [[1n, 1n, 1n]], [[1n, 1n, 1n]]).subarray(0, 44), /the number of samples of a CPU/],
  ['samples that are not there', option(0, [[1n, 1n, 1n], [2n, 1n, 1n]]).subarray(0, 50), /the offsets of samples|the scalings of samples/],
])('%s is refused with its place', (_what, bytes, message) => {
  expect(() => shiftsOf(bytes)).toThrow(TraceError);
  expect(() => shiftsOf(bytes)).toThrow(message);
});

test('a recording has its host\'s times, CPU by CPU, in their order', () => {
  const plain = readFile(traceDat, sample('trace-dat/steps.v7-none.dat'));
  const bytes = sample('trace-dat/steps.v7-none.dat');
  // in place of the counts of a CPU, which are longer
  const at = bytes.lastIndexOf('CPU: 1');
  const size = bytes.readUInt32LE(at - 4);
  bytes.writeUInt16LE(12, at - 6);
  bytes.fill(0, at, at + size);
  option(0, [[0n, 4_000_000n, 1n]], [[0n, 3_999_700n, 1n]]).copy(bytes, at);
  const shifted = readFile(traceDat, bytes);
  expect(shifted.error).toBeUndefined();
  const times = ({ events, info }: typeof plain) => events.filter(({ on }) => on >= 0).map(({ on, ns, name }) => ({ on, at: info.base + BigInt(ns), name }));
  const byTime = (a: { at: bigint }, b: { at: bigint }): number => (a.at < b.at ? -1 : 1);
  expect(new Set(times(plain).map(({ on }) => on))).toEqual(new Set([0, 1]));
  expect(times(shifted).map(({ at: time }) => time)).toEqual(times(plain).map(({ on, at: time }) => time + (on === 0 ? 4_000_000n : 3_999_700n)).sort((a, b) => (a < b ? -1 : 1)));
  expect([...times(shifted)].sort(byTime).map(({ at: time }) => time)).toEqual(times(shifted).map(({ at: time }) => time));
});
