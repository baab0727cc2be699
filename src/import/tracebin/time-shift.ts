// How a guest's trace.dat gets the times of its host: what trace-cmd measured while it recorded, for each CPU of the guest
// (trace-cmd lib/trace-cmd/trace-input.c: tsync_cpu_offsets_load, timestamp_host_sync, timestamp_correction_calc).

import type { Cursor } from '../cursor.js';
import { MAX_CPUS } from './dat-layout.js';

/** Between two samples the offset is taken from the line through both, else from the first. */
const INTERPOLATE = 1;

/** A stamp of the guest, and what was found then: host = (stamp * scaling >> fraction) + offset. */
interface Sample {
  readonly time: bigint;
  readonly offset: bigint;
  readonly scaling: bigint;
  readonly fraction: bigint;
}

export type Shift = (stamp: bigint) => bigint;

/** By number of the CPU; undefined for one that was not measured. */
export function readTimeShift(data: Cursor, length: number): (Shift | undefined)[] {
  const end = data.at + length;
  const fits = (bytes: number, what: string): void => {
    if (data.at + bytes > end) throw data.error(`an option of ${length} bytes that ends before`, what);
  };
  fits(16, 'the session, flags and number of CPUs of a time shift');
  data.big('the trace session of the host');
  const isLine = (data.u32('the flags of the time shift') & INTERPOLATE) !== 0;
  const count = data.u32('the number of CPUs');
  if (count > MAX_CPUS) throw data.error(`${count} CPUs`, `at most ${MAX_CPUS}`);
  const columns = (n: number, what: string): bigint[] => {
    fits(8 * n, what);
    return Array.from({ length: n }, () => BigInt.asIntN(64, data.big(what)));
  };
  const cpus = Array.from({ length: count }, () => {
    fits(4, 'the number of samples of a CPU');
    const n = data.u32('the number of samples of a CPU');
    return { n, times: columns(n, 'the times of samples'), offsets: columns(n, 'the offsets of samples'), scalings: columns(n, 'the scalings of samples') };
  });
  // since trace-cmd 3.2
  const hasFractions = data.at < end;
  return cpus.map(({ n, times, offsets, scalings }) => {
    const fractions = hasFractions ? columns(n, 'the fraction bits of samples') : [];
    const samples = times.map((time, i): Sample => ({ time, offset: offsets[i] ?? 0n, scaling: scalings[i] ?? 1n, fraction: (fractions[i] ?? 0n) & 63n }));
    return shiftBy(inOrder(samples), isLine);
  });
}

/** By time; of those of one time the first. */
function inOrder(samples: readonly Sample[]): Sample[] {
  const sorted = [...samples].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return sorted.filter(({ time }, i) => time !== sorted[i - 1]?.time);
}

function shiftBy(samples: readonly Sample[], isLine: boolean): Shift | undefined {
  const [only, second] = samples;
  if (only === undefined) return undefined;
  if (second === undefined) return (stamp) => stamp + only.offset;
  return (stamp) => {
    const at = Math.min(Math.max(samples.findLastIndex(({ time }) => time <= stamp), 0), samples.length - 2);
    return corrected(stamp, samples[at] ?? only, samples[at + 1] ?? second, isLine);
  };
}

/** As C divides, towards 0. */
function corrected(stamp: bigint, from: Sample, to: Sample, isLine: boolean): bigint {
  const delta = to.time - from.time;
  const rise = (stamp - from.time) * (to.offset - from.offset);
  const offset = isLine ? from.offset + (rise + delta / 2n) / delta : from.offset;
  return (BigInt.asUintN(64, stamp * from.scaling) >> from.fraction) + offset;
}
