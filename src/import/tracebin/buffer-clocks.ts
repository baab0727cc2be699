// Do the trace buffers of a recording have one clock? A trace.dat names that of the first only, but tells what time each had when its counts were read,
// one right after the other (trace-cmd tracecmd/trace-record.c, add_buffer_stat).

import type { Now } from './cpu-stats.js';

/** As the counts stand in the file. */
interface Read {
  readonly buffer: string;
  readonly now?: Now | undefined;
}

/** From one reading to the next, on a machine that has much else to do. */
const LATEST_US = 1_000_000;
/** By what the clocks of two CPUs may differ. */
const SKEW_US = 10_000;

/** The first two of `buffers` whose times cannot be of one clock. */
export function clocksApart(counts: readonly Read[], buffers: readonly string[]): readonly [string, string] | undefined {
  const told = counts.filter(({ buffer, now }) => now !== undefined && buffers.includes(buffer));
  const at = told.findIndex((count, i) => i > 0 && told[i - 1]?.buffer !== count.buffer && !follows(told[i - 1]?.now, count.now));
  const [before, count] = [told[at - 1], told[at]];
  return before === undefined || count === undefined ? undefined : [before.buffer, count.buffer];
}

function follows(before: Now | undefined, now: Now | undefined): boolean {
  if (before === undefined || now === undefined) return true;
  if (!now.inNs || !before.inNs) return now.inNs === before.inNs;
  const passed = now.time - before.time;
  return passed >= -SKEW_US && passed <= LATEST_US;
}
