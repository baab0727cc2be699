// The records of a perf.data, put in order of time as `perf script` does: each CPU's lie in rounds, and what a round holds may be
// older than what the next one holds, but not than what the one before did (tools/perf/util/session.c, ordered-events.c).

import type { Event } from '../../event.js';
import type { Cursor } from '../cursor.js';
import type { StreamInfo, TraceError } from '../format.js';
import type { RandomAccess } from '../random-access.js';
import { RecordTeller } from '../tracebin/record-teller.js';
import { Reference } from '../tracebin/reference.js';
import type { Attribute } from './attribute.js';
import type { PerfHeader } from './header.js';
import { SampleOrder } from './sample-order.js';
import { Samples, type Place } from './sample.js';
import { Waiting } from './waiting.js';

const LOST = 2;
const SAMPLE = 9;
const LOST_SAMPLES = 13;
const FINISHED_ROUND = 68;
/** The kernel's own records are numbered below, in whole words of 64 bits; perf's are below that (enum perf_event_type, enum perf_user_event_type). */
const PERFS = 64;
const NONE = 128;
/** Raw data are rounded up so that a sample is whole words of 64 bits. */
const ROUNDED = 8;
const AUXTRACE = 71;
const THREAD_MAP = 73;
const COMPRESSED: ReadonlySet<number> = new Set([81, 83]);
const RECORD_HEADER = 8;

const WINDOW = 256 * 1024;
/** Records that wait for their turn: those of two rounds, 512 KiB of each CPU unless more was asked for. */
const MOST_WAITING = 300_000;
/** Records told in one batch. */
const BATCH = 2048;

interface PerfFile {
  readonly info: StreamInfo;
  readonly stream: number;
  readonly bytes: RandomAccess;
  readonly header: PerfHeader;
  /** For errors. */
  readonly cursor: Cursor;
}

export class PerfStream {
  readonly #file: PerfFile;
  readonly #teller: RecordTeller;
  readonly #reference = new Reference();
  readonly #byId: ReadonlyMap<number, Attribute>;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #samples = new Samples(this.#view, this.#reference);
  /** Place in the file of the next record, and of the window. */
  #at: number;
  #windowAt = 0;
  #waiting: Waiting[] = [];
  readonly #order = new SampleOrder<Waiting>();
  /** Time of the first event. */
  #first = Number.NaN;
  /** Latest time seen, what it was at the end of the round before, and the time up to which everything has come. */
  #latest = -Infinity;
  #round = -Infinity;
  #settled = -Infinity;
  /** Latest time told. */
  #told = -Infinity;
  /** Lost events by the records of rings and by the counters of events, which count the same ones again. */
  #lostInRings = 0;
  #lostByCounters = 0;
  /** Only events of some CPUs or threads, or only some of all were asked for. */
  #chosen: boolean;
  /** CPUs that have told something. */
  readonly #begun = new Set<number>();

  constructor(file: PerfFile) {
    const { info, stream, header } = file;
    this.#file = file;
    this.#teller = new RecordTeller(info, stream, header.types, (time) => time - this.#first);
    this.#byId = new Map(header.attributes.flatMap((attribute) => attribute.ids.map((id) => [id, attribute] as const)));
    this.#at = header.data;
    this.#chosen = header.cpus.chosen !== undefined || header.thinned;
  }

  /**
   * Of a recording that cannot be read to its end, the events that are given out are those of which it is certain that no other
   * one lies between them.
   */
  *batches(): Generator<Event[]> {
    try {
      while (this.#scan()) yield* this.#tell(this.#settled);
      yield* this.#tell(Infinity);
      this.#requireRest();
    } finally {
      const out: Event[] = [];
      this.#teller.begin(out);
      this.#tellCounted();
      this.#teller.end();
      yield out;
    }
  }

  /** Reads up to the end of a round; false at the end of the data. */
  #scan(): boolean {
    const { header } = this.#file;
    while (this.#at + RECORD_HEADER <= header.dataEnd) {
      const at = this.#need(RECORD_HEADER);
      const type = this.#view.getUint32(at, true);
      const size = this.#view.getUint16(at + 6, true);
      if (size < RECORD_HEADER || (type < PERFS && size % 8 !== 0)) throw this.#error(`a record of ${size} bytes`, `at least ${RECORD_HEADER}, a multiple of 8`);
      if (type === 0 || type >= NONE) throw this.#error(`a record of type ${type}`, `1 to ${NONE - 1}`);
      const from = this.#need(size);
      this.#take(type, from + RECORD_HEADER, from + size);
      this.#at += size;
      if (type === FINISHED_ROUND || this.#waiting.length >= MOST_WAITING) {
        this.#settled = type === FINISHED_ROUND ? this.#round : Infinity;
        this.#round = this.#latest;
        return true;
      }
    }
    if (this.#at !== header.dataEnd) throw this.#error(`${header.dataEnd - this.#at} bytes of data`, 'the end of a record at their end');
    return false;
  }

  /** Where the next so many bytes of the file lie in the view. */
  #need(length: number): number {
    const place = this.#at - this.#windowAt;
    if (place >= 0 && place + length <= this.#view.byteLength) return place;
    const window = Buffer.allocUnsafeSlow(WINDOW);
    const got = this.#file.bytes.read(window, this.#at);
    this.#windowAt = this.#at;
    this.#view = new DataView(window.buffer, 0, got);
    this.#samples = new Samples(this.#view, this.#reference);
    if (got < length) throw this.#error('the end of the file', `${length - got} bytes more of a record`);
    return 0;
  }

  #error(found: string, expected: string): TraceError {
    return this.#file.cursor.error(found, expected, this.#at);
  }

  #take(type: number, from: number, end: number): void {
    if (type === SAMPLE) this.#takeSample(from, end);
    else if (type === LOST) this.#takeLost(from, end);
    else if (type === LOST_SAMPLES && end - from >= 8) this.#lostByCounters += this.#view.getUint32(from, true);
    else if (COMPRESSED.has(type)) throw this.#error('compressed records (perf record -z)', 'plain ones, or the output of `perf script`');
    else if (type === THREAD_MAP) this.#takeThreads(from, end);
    else if (type === AUXTRACE && end - from >= 8) this.#at += this.#view.getUint32(from, true);
  }

  /** perf record says whose events it was asked for (-p, -t, a command): their ids, or -1 for all (struct perf_record_thread_map). */
  #takeThreads(from: number, end: number): void {
    if (end - from < 16 || this.#view.getBigInt64(from + 8, true) === -1n || this.#chosen) return;
    this.#chosen = true;
    this.#file.info.about += '; chosen threads only';
  }

  #takeSample(from: number, end: number): void {
    const attribute = this.#attributeAt(from, end);
    const place = this.#samples.sample(from, end, attribute);
    if (place !== undefined && this.#fits(place, attribute)) this.#waitInOrder(new Waiting(this.#view, place));
    else if (attribute.tracepoint) this.#waitForLoss({ n: undefined, what: `a sample at byte ${this.#at} that is not as its attribute says` });
  }

  /** Whose sample it is, by the id in it. */
  #attributeAt(from: number, end: number): Attribute {
    const { usual } = this.#file.header;
    if (usual.id === undefined || from + usual.id + 8 > end) return usual;
    return this.#byId.get(Number(this.#view.getBigUint64(from + usual.id, true))) ?? usual;
  }

  /** Is it of the event that was asked for, and as long as that? */
  #fits({ at, end }: Place, { tracepoint, event, ids }: Attribute): boolean {
    if (end - at < 2) return false;
    const type = this.#view.getUint16(at, true);
    if (tracepoint && ids.length > 0 && type !== event) return false;
    return this.#file.header.types.find(type)?.fits(end - at, ROUNDED) !== false;
  }

  #waitInOrder(sample: Waiting): void {
    const broken = this.#order.broken(sample);
    if (broken !== undefined) {
      const { wrong, before } = broken;
      wrong.lost = { n: 1, what: `a sample up to byte ${this.#at} whose time is not in order` };
      wrong.time = Math.max(before, 0);
      this.#latest = this.#waiting.reduce((latest, { time }) => Math.max(latest, time), this.#told);
    }
    this.#wait(sample);
  }

  /** What stands behind the data tells of programs and machines: a file without its end was cut off. */
  #requireRest(): void {
    const { bytes, header, cursor } = this.#file;
    if (header.end > bytes.size) throw cursor.error('the end of the file', `${header.end - bytes.size} bytes more behind the data`, bytes.size);
  }

  #takeLost(from: number, end: number): void {
    if (end - from < 16) return;
    const n = this.#view.getUint32(from + 8, true);
    this.#lostInRings += n;
    const lost = { n, what: `PERF_RECORD_LOST lost ${n}` };
    const place = this.#samples.trailer(from + 16, end, this.#file.header.usual);
    if (place === undefined) this.#waitForLoss(lost);
    else this.#wait(new Waiting(this.#view, place, lost));
  }

  /** Of a loss without time and CPU only its place in the file is known. */
  #waitForLoss(lost: Waiting['lost']): void {
    this.#wait(new Waiting(this.#view, { time: Math.max(this.#latest, 0), cpu: -1, tgid: -1, at: 0, end: 0 }, lost));
  }

  #wait(record: Waiting): void {
    this.#waiting.push(record);
    if (record.time > this.#latest) this.#latest = record.time;
  }

  *#tell(until: number): Generator<Event[]> {
    const all = this.#waiting.sort((a, b) => a.time - b.time);
    const later = all.findIndex(({ time }) => time > until);
    const due = later < 0 ? all : all.slice(0, later);
    this.#waiting = later < 0 ? [] : all.slice(later);
    for (let at = 0; at < due.length; at += BATCH) {
      const out: Event[] = [];
      this.#teller.begin(out);
      if (this.#chosen) this.#teller.chosen();
      for (const record of due.slice(at, at + BATCH)) this.#tellOne(record);
      this.#teller.pause();
      yield out;
    }
  }

  #tellOne(record: Waiting): void {
    const { time, cpu, lost } = record;
    if (Number.isNaN(this.#first)) this.#begin(time);
    if (time < this.#told) this.#teller.lost(cpu, undefined, 'a record that comes after later ones');
    this.#told = Math.max(this.#told, time);
    if (this.#file.header.overwritten && !this.#begun.has(cpu)) this.#teller.lost(cpu, undefined, `CPU:${cpu} [what was before may be overwritten]`, time);
    this.#begun.add(cpu);
    if (lost === undefined) this.#teller.take(record);
    else this.#teller.lost(cpu, lost.n, lost.what, time);
  }

  #begin(time: number): void {
    this.#first = time;
    this.#file.info.base = this.#reference.stamp + BigInt(time);
  }

  /** What the events' counters lost beyond that was lost at the end. */
  #tellCounted(): void {
    const rest = this.#lostByCounters - this.#lostInRings;
    if (rest > 0) this.#teller.lost(-1, rest, `PERF_RECORD_LOST_SAMPLES lost ${rest}`);
  }
}
