// What a trace.dat holds: the common parts of versions 6 and 7 (trace-cmd Documentation/trace-cmd/trace-cmd.dat.v7.5.txt).

import type { Packing } from '../random-access.js';
import type { CpuStats } from './cpu-stats.js';
import type { EventTypes } from './event-types.js';
import type { Stretch } from './pages.js';
import type { Shift } from './time-shift.js';

/** One CPU's share of a trace buffer. */
export interface CpuData extends Stretch {
  readonly cpu: number;
}

/** A trace buffer: the top one, or an instance with a name. */
export interface BufferData {
  readonly name: string;
  readonly cpus: readonly CpuData[];
  readonly packing: Packing | undefined;
  /** Bytes of its pages, where it says so. */
  readonly pageSize: number | undefined;
  /** `local` where the recorder did not look. */
  readonly clock: string;
}

/** Text in place of pages: recorded with the tracer of latencies. */
export interface TextData extends Stretch {
  readonly packing: Packing | undefined;
}

/** Counts of one CPU of a buffer at the end of the recording. */
interface BufferStats extends CpuStats {
  readonly buffer: string;
}

export interface DatLayout {
  readonly version: string;
  headerPage: string;
  readonly types: EventTypes;
  readonly buffers: BufferData[];
  text: TextData | undefined;
  /** The clock in use as trace_clock names it; empty where it is not told. */
  clock: string;
  /** Version of trace-cmd; empty where it is not told. */
  recorder: string;
  /** Kernel and machine. */
  uname: string;
  /** ns, or ticks, to add to all times. */
  offset: bigint;
  toNs: ((stamp: bigint) => bigint) | undefined;
  /** What makes a guest's stamps those of its host, by CPU: before they are made ns. */
  shifts: readonly (Shift | undefined)[];
  readonly stats: BufferStats[];
  /** The buffer whose CPUs are being counted. */
  counted: string;
}

/** Far above what Linux takes. */
export const MAX_CPUS = 8192;
