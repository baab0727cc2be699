// What a trace.dat holds: the common parts of versions 6 and 7 (trace-cmd Documentation/trace-cmd/trace-cmd.dat.v7.5.txt).

import type { Cursor } from '../cursor.js';
import type { Packing } from '../random-access.js';
import type { CpuStats } from './cpu-stats.js';
import type { EventTypes } from './event-types.js';
import type { Stretch } from './pages.js';

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
  readonly stats: BufferStats[];
  /** The buffer whose CPUs are being counted. */
  counted: string;
}

/** Far above what Linux takes. */
export const MAX_CPUS = 8192;
const MAX_FORMATS = 100_000;
const MAX_FORMAT_TEXT = 1024 * 1024;

/** `header_page` and `header_event`. */
export function readHeaderInfo(cursor: Cursor, layout: DatLayout): void {
  for (const name of ['header_page', 'header_event']) {
    const { at } = cursor;
    const found = cursor.name(`the word ${name}`);
    if (found !== name) throw cursor.error(JSON.stringify(found.slice(0, 40)), name, at);
    const text = cursor.text(cursor.u64(`the length of ${name}`), name);
    if (name === 'header_page') layout.headerPage = text;
  }
}

/** The events of the kernel's tracers. */
export function readTracerFormats(cursor: Cursor, { types }: DatLayout): void {
  readFormats(cursor, types, 'the formats of tracer events');
}

/** All other events, system by system. */
export function readEventFormats(cursor: Cursor, { types }: DatLayout): void {
  const systems = cursor.u32('the number of event systems');
  if (systems > MAX_FORMATS) throw cursor.error(`${systems} event systems`, `at most ${MAX_FORMATS}`);
  for (let i = 0; i < systems; i++) {
    const name = cursor.name('the name of an event system');
    readFormats(cursor, types, `the formats of ${name} events`);
  }
}

function readFormats(cursor: Cursor, types: EventTypes, what: string): void {
  const formats = cursor.u32(`the number of ${what}`);
  if (formats > MAX_FORMATS) throw cursor.error(`${formats} of ${what}`, `at most ${MAX_FORMATS}`);
  for (let i = 0; i < formats; i++) {
    const { at } = cursor;
    const length = cursor.u64(`the length of one of ${what}`);
    if (length > MAX_FORMAT_TEXT) throw cursor.error(`${length} bytes`, `one of ${what}`, at);
    types.add(cursor.text(length, what));
  }
}
