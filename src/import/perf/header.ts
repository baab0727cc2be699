// The head of a perf.data: which events were asked for, and where their formats lie (tools/perf/Documentation/perf.data-file-format.txt,
// tools/perf/util/header.c, trace-event-read.c).

import type { Cursor } from '../cursor.js';
import { EventTypes } from '../tracebin/event-types.js';
import { readEventFormats, readHeaderInfo, readTracerFormats } from '../tracebin/format-blocks.js';
import { readAttribute, type Attribute } from './attribute.js';

export const MAGIC = Buffer.from('PERFILE2', 'latin1');
/** Size of the header; of one that came through a pipe. */
const HEADER = 104;
const PIPE_HEADER = 16;
const FEATURES = 256;
const TRACING_DATA = 1;
const OS_RELEASE = 4;
const VERSION = 5;
const ARCH = 6;
const CPUS = 7;
const DIR_FORMAT = 24;
const COMPRESSED = 27;
const MAX_ATTRIBUTES = 65_536;
const LARGEST_ATTRIBUTE = 4096;
const SCRIPT = 'a recording that is none of that, or the output of `perf script`';

export interface PerfHeader {
  readonly attributes: readonly Attribute[];
  /** That of a tracepoint: whose samples have no id, or one that is not listed. */
  readonly usual: Attribute;
  readonly types: EventTypes;
  readonly data: number;
  readonly dataEnd: number;
  /** Where what stands behind the data ends. */
  readonly end: number;
  readonly version: string;
  readonly kernel: string;
  readonly cpus: Cpus;
  /** Of some tracepoint not every event was sampled. */
  readonly thinned: boolean;
  /** New events of a CPU overwrote its oldest ones (perf record --overwrite). */
  readonly overwritten: boolean;
}

interface Cpus {
  /** Those of the machine; 0 where the file does not tell. */
  readonly all: number;
  /** Those whose events were recorded, if some that ran are left out. */
  readonly chosen: number | undefined;
}

export function readHeader(cursor: Cursor): PerfHeader {
  const size = cursor.u64('the size of the header');
  if (size === PIPE_HEADER) throw cursor.error('a recording that went through a pipe (perf record -o -)', SCRIPT, MAGIC.length);
  if (size !== HEADER) throw cursor.error(`a header of ${size} bytes`, `${HEADER} bytes`, MAGIC.length);
  const attributeSize = cursor.u64('the size of an attribute');
  const attributes = { at: cursor.u64('the place of the attributes'), size: cursor.u64('the size of the attributes') };
  const data = cursor.u64('the place of the data');
  const dataEnd = data + cursor.u64('the size of the data');
  cursor.skip(16, 'the event types');
  const { features, end } = readFeatures(cursor, dataEnd);
  if (features.has(COMPRESSED)) throw cursor.error('compressed records (perf record -z)', SCRIPT, features.get(COMPRESSED) ?? 0);
  requireOneFile(cursor, features.get(DIR_FORMAT));
  const formats = features.get(TRACING_DATA);
  if (formats === undefined) throw cursor.error('no event formats', 'a recording of tracepoints that perf record ended properly', 72);
  const string = (feature: number): string => readString(cursor, features.get(feature));
  const all = readAttributes(cursor, attributes, attributeSize);
  return {
    attributes: all,
    usual: usualOf(cursor, all),
    types: readTracingData(cursor, formats),
    data,
    dataEnd,
    end,
    version: string(VERSION),
    kernel: `${string(OS_RELEASE)} ${string(ARCH)}`.trim(),
    cpus: readCpus(cursor, features.get(CPUS), all),
    thinned: all.some(({ tracepoint, thinned }) => tracepoint && thinned),
    overwritten: all.some(({ tracepoint, backward }) => tracepoint && backward),
  };
}

/** Sections of the features that the file has, in a table behind the data. */
function readFeatures(cursor: Cursor, table: number): { features: Map<number, number>; end: number } {
  const bits = cursor.bytes(FEATURES / 8, 'the list of features');
  cursor.at = table;
  const features = new Map<number, number>();
  let end = table;
  for (let feature = 0; feature < FEATURES; feature++) {
    if (((bits[feature >> 3] ?? 0) & (1 << (feature & 7))) === 0) continue;
    const place = cursor.u64('the place of a feature');
    features.set(feature, place);
    end = Math.max(end, place + cursor.u64('the size of a feature'));
  }
  return { features, end };
}

/** Of a folder: samples lie in files beside this one, unless it is for a copy of the kernel only (perf record --kcore). */
function requireOneFile(cursor: Cursor, at: number | undefined): void {
  if (at === undefined) return;
  cursor.at = at;
  if (cursor.u64('the kind of a folder') !== 0) throw cursor.error('a recording in several files (perf record --threads)', SCRIPT, at);
}

function readAttributes(cursor: Cursor, { at, size }: { at: number; size: number }, each: number): Attribute[] {
  if (each < 64 || each > LARGEST_ATTRIBUTE || size / each > MAX_ATTRIBUTES) throw cursor.error(`attributes of ${each} bytes`, `64 to ${LARGEST_ATTRIBUTE} bytes`, 16);
  const attributes: Attribute[] = [];
  for (let place = at; place + each <= at + size; place += each) attributes.push(readAttribute(cursor, place, each));
  if (attributes.length === 0) throw cursor.error('no attribute', 'the events that were recorded', at);
  return attributes;
}

/** Where an id does not tell whose a sample is, all must be alike. */
function usualOf(cursor: Cursor, attributes: readonly Attribute[]): Attribute {
  const usual = attributes.find(({ tracepoint }) => tracepoint);
  if (usual === undefined) throw cursor.error('no tracepoint among the events', 'events of kvm', 24);
  const { time, cpu, raw } = usual;
  if (time === undefined || cpu === undefined || !raw) throw cursor.error('samples without time, CPU or raw data', 'samples with them: perf record -a -R -T, or the output of `perf script`', 24);
  if (attributes.some((other) => other.id !== usual.id)) throw cursor.error('samples that bear their ids at several places', 'one place (perf sets PERF_SAMPLE_IDENTIFIER), or the output of `perf script`', 24);
  return usual;
}

/** A string with its length in front. */
function readString(cursor: Cursor, at: number | undefined): string {
  if (at === undefined) return '';
  cursor.at = at;
  return cursor.text(cursor.u32('the length of a string'), 'a string').replace(/\0.*$/s, '');
}

/** An event has an id for each CPU that was asked for (`perf record -C`), or for each of them and each thread. */
function readCpus(cursor: Cursor, at: number | undefined, attributes: readonly Attribute[]): Cpus {
  if (at === undefined) return { all: 0, chosen: undefined };
  cursor.at = at;
  const all = cursor.u32('the number of CPUs');
  const online = cursor.u32('the number of CPUs that run');
  const recorded = Math.min(...attributes.filter(({ tracepoint }) => tracepoint).map(({ ids }) => ids.length));
  return { all, chosen: recorded > 0 && recorded < online ? recorded : undefined };
}

/** The same blocks as in a trace.dat. */
function readTracingData(cursor: Cursor, at: number): EventTypes {
  const types = new EventTypes();
  cursor.at = at;
  cursor.skip(10, 'the event formats');
  cursor.name('the version of the event formats');
  cursor.skip(6, 'the event formats');
  readHeaderInfo(cursor);
  readTracerFormats(cursor, types);
  readEventFormats(cursor, types);
  return types;
}
