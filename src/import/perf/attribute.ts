// perf_event_attr: what was asked for one event, and which fields its samples have (include/uapi/linux/perf_event.h).

import type { Cursor } from '../cursor.js';

const TRACEPOINT = 2;
/** Bits of sample_type, and the order of those fields in a sample that are always there and eight bytes long. */
const [IP, TID, TIME, ADDR, READ, CALLCHAIN, ID, CPU, PERIOD, STREAM_ID, RAW, IDENTIFIER] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16];
const FIXED = [IDENTIFIER, IP, TID, TIME, ADDR, ID, STREAM_ID, CPU, PERIOD];
/** At the end of other records, if SAMPLE_ID_ALL is set. */
const TRAILER = [TID, TIME, ID, STREAM_ID, CPU, IDENTIFIER];
const FREQ = 10;
const SAMPLE_ID_ALL = 18;
const USE_CLOCKID = 25;
const WRITE_BACKWARD = 27;
/** read_format: words beside the values, words beside each value, and whether there may be several. */
const [READ_ENABLED, READ_RUNNING, READ_ID, READ_GROUP, READ_LOST] = [0, 1, 2, 3, 4];
const CLOCKID_AT = 92;
const MAX_IDS = 65_536;

const CLOCKS: Readonly<Record<number, string>> = { 0: 'realtime', 1: 'mono', 4: 'mono_raw', 7: 'boot', 11: 'tai' };

export interface Attribute {
  readonly tracepoint: boolean;
  /** Of a tracepoint the number of its event, which stands in each raw record, too. */
  readonly event: number;
  /** It happens more often than samples are taken (perf record -c, -F). */
  readonly thinned: boolean;
  /** Its ring is not read while it is written, and holds what came last. */
  readonly backward: boolean;
  readonly clock: string;
  /** Ids of its events, as their samples bear them. */
  readonly ids: readonly number[];
  /** Bytes from behind a record's header to the field; undefined if samples have none. */
  readonly id: number | undefined;
  readonly time: number | undefined;
  readonly cpu: number | undefined;
  /** Process, then thread. */
  readonly process: number | undefined;
  /** Where what varies in length begins. */
  readonly fixed: number;
  readonly read: ReadFormat | undefined;
  readonly callchain: boolean;
  readonly raw: boolean;
  /** Nothing stands behind the raw data. */
  readonly endsRaw: boolean;
  /** Bytes from the field to the end of records other than samples. */
  readonly trailing: { readonly time: number | undefined; readonly cpu: number | undefined };
}

interface ReadFormat {
  readonly group: boolean;
  readonly times: number;
  readonly perValue: number;
}

const bits = (word: bigint): ReadonlySet<number> => new Set(Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((word >> BigInt(bit)) & 1n) !== 0n));
const count = (set: ReadonlySet<number>, ...wanted: readonly number[]): number => wanted.filter((bit) => set.has(bit)).length;

/** `each` is the attribute's size with the place of its ids. */
export function readAttribute(cursor: Cursor, at: number, each: number): Attribute {
  const what = 'an attribute';
  cursor.at = at;
  const type = cursor.u32(what);
  cursor.skip(4, what);
  const event = Number(cursor.big(what));
  const period = cursor.big(what);
  const sample = bits(cursor.big(what));
  const read = bits(cursor.big(what));
  const flags = bits(cursor.big(what));
  const place = placesOf(FIXED.filter((bit) => sample.has(bit)));
  const trailer = TRAILER.filter((bit) => sample.has(bit) && flags.has(SAMPLE_ID_ALL));
  const fromEnd = (bit: number): number | undefined => (trailer.includes(bit) ? (trailer.length - trailer.indexOf(bit)) * 8 : undefined);
  return {
    tracepoint: type === TRACEPOINT,
    event,
    thinned: flags.has(FREQ) || period !== 1n,
    backward: flags.has(WRITE_BACKWARD),
    clock: flags.has(USE_CLOCKID) ? readClock(cursor, at) : 'perf',
    ids: readIds(cursor, at + each - 16),
    id: place(IDENTIFIER) ?? place(ID),
    time: place(TIME),
    cpu: place(CPU),
    process: place(TID),
    fixed: count(sample, ...FIXED) * 8,
    read: sample.has(READ)
      ? { group: read.has(READ_GROUP), times: count(read, READ_ENABLED, READ_RUNNING), perValue: 1 + count(read, READ_ID, READ_LOST) }
      : undefined,
    callchain: sample.has(CALLCHAIN),
    raw: sample.has(RAW),
    endsRaw: ![...sample].some((bit) => bit > RAW && bit !== IDENTIFIER),
    trailing: { time: fromEnd(TIME), cpu: fromEnd(CPU) },
  };
}

const placesOf =
  (fields: readonly number[]) =>
  (bit: number): number | undefined =>
    fields.includes(bit) ? fields.indexOf(bit) * 8 : undefined;

function readClock(cursor: Cursor, at: number): string {
  cursor.at = at + CLOCKID_AT;
  const id = cursor.u32('the clock of an attribute');
  return CLOCKS[id] ?? `clock ${id}`;
}

function readIds(cursor: Cursor, at: number): number[] {
  cursor.at = at;
  const place = cursor.u64('the place of the ids of an attribute');
  const length = cursor.u64('the size of the ids of an attribute') / 8;
  if (length > MAX_IDS) throw cursor.error(`${length} ids of an attribute`, `at most ${MAX_IDS}`, at);
  cursor.at = place;
  return Array.from({ length }, () => Number(cursor.big('an id')));
}
