// The options of a trace.dat: clock, counts, version (trace-cmd include/trace-cmd/trace-cmd-private.h, TRACECMD_OPTION_*).

import type { Cursor } from '../cursor.js';
import { clockInUse } from './clocks.js';
import { readStats } from './cpu-stats.js';
import type { DatLayout } from './dat-layout.js';
import { readTimeShift } from './time-shift.js';

const CPUSTAT = 2;
export const TRACECLOCK = 4;
const UNAME = 5;
const OFFSET = 7;
const VERSION = 9;
/** Of all buffers: an instance has the clock of its machine, too. */
const TIME_SHIFT = 12;
const TSC2NSEC = 14;

/** In front of the counts of an instance's CPUs. */
const BUFFER = /^\s*Buffer: (.*)$/m;

export interface Option {
  readonly id: number;
  readonly data: Cursor;
  readonly length: number;
}

/** Takes an option that both versions have; those of other ids tell nothing that is needed. */
export function takeOption({ id, data, length }: Option, layout: DatLayout): void {
  const text = (what: string): string => data.text(length, what).replace(/\0.*$/s, '').trim();
  if (id === CPUSTAT) takeStats(text('the counts of a CPU'), layout);
  else if (id === TRACECLOCK) layout.clock = clockInUse(text('the clock')) ?? layout.clock;
  else if (id === UNAME) layout.uname = text('the kernel');
  else if (id === VERSION) layout.recorder = text('the version of trace-cmd');
  else if (id === OFFSET) layout.offset = readOffset(text('the offset of the times'));
  else if (id === TIME_SHIFT) layout.shifts = readTimeShift(data, length);
  else if (id === TSC2NSEC) layout.toNs = cyclesToNs(data);
}

function takeStats(text: string, layout: DatLayout): void {
  layout.counted = BUFFER.exec(text)?.[1] ?? layout.counted;
  const stats = readStats(text);
  if (stats !== undefined) layout.stats.push({ ...stats, buffer: layout.counted });
}

function readOffset(text: string): bigint {
  return /^-?(?:\d{1,19}|0x[0-9a-f]{1,16})$/i.test(text) ? (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text)) : 0n;
}

/** The kernel's own conversion: multiply, shift, add. */
function cyclesToNs(data: Cursor): (stamp: bigint) => bigint {
  const multiplier = BigInt(data.u32('the multiplier of the clock'));
  const shift = BigInt(data.u32('the shift of the clock') & 63);
  const offset = data.big('the offset of the clock');
  return (stamp) => ((stamp * multiplier) >> shift) + offset;
}
