// QEMU's `simple` trace back end, versions 2 to 4 (trace/simple.c, scripts/simpletrace.py): a header and binary records, each a
// number, a time and arguments. An event is printed as the log back end prints it and read like a line of a log.

import type { Event } from '../../event.js';
import { TraceError, type Decoder, type Format, type StreamInfo } from '../format.js';
import { Text } from '../kvm/text.js';
import { slipOf } from '../nearest.js';
import { QemuRecords } from './records.js';
import type { Argument, Signature } from './signature.js';
import { builtInSignatures } from './signatures.js';

const FILE_HEADER = 24;
const RECORD_HEADER = 24;
const MAGIC = 0xf2b1_77cb_0aa4_29b4n;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;
const DROPPED = 0x7fff_ffff_ffff_fffen;
const VALID = 1n << 63n;
const MAPPING = 0n;
const RECORD = 1n;
/** A record's strings have at most 512 bytes each; nothing else comes near. */
const MAX_RECORD = 64 * 1024;
const MAX_NAME = 1024;
const NAME = /^\w+$/;
const NEWLINE = Buffer.from('\n');

const isHeader = (head: Buffer, big: boolean): boolean =>
  head.length >= 16 && (big ? head.readBigUInt64BE(0) : head.readBigUInt64LE(0)) === ALL_ONES && (big ? head.readBigUInt64BE(8) : head.readBigUInt64LE(8)) === MAGIC;

/** `given`: the `trace-events-all` of the QEMU that recorded it; without it the events that are read here are known by their signatures. */
export const qemuSimple = (given?: readonly (Signature | undefined)[]): Format => ({
  name: 'qemu-simple',
  detect: (head) => isHeader(head, false) || isHeader(head, true),
  open: (info, stream) => {
    info.recorder = 'QEMU simple';
    return new SimpleReader(info, stream, given);
  },
});

class SimpleReader implements Decoder {
  readonly #info: StreamInfo;
  readonly #records: QemuRecords;
  readonly #given: readonly (Signature | undefined)[] | undefined;
  readonly #byName: ReadonlyMap<string, Signature>;
  /** Events by their number, as far as they can be read; `name` alone for the others. */
  readonly #events = new Map<bigint, Signature | string>();
  /** Names that the recording gives its events, and those of them that damage has made of others. */
  readonly #names = new Map<bigint, string>();
  readonly #slips = new Map<string, string | undefined>();
  #rest = Buffer.alloc(0);
  /** Byte offset of `#rest` in the file. */
  #offset = 0;
  #count = 0;
  #version = 0n;
  #big = false;

  constructor(info: StreamInfo, stream: number, given: readonly (Signature | undefined)[] | undefined) {
    this.#info = info;
    this.#records = new QemuRecords(info, stream);
    this.#given = given;
    const known = (given ?? builtInSignatures()).filter((signature) => signature !== undefined);
    this.#byName = new Map(known.map((signature) => [signature.name, signature]));
  }

  push(chunk: Buffer, out: Event[]): void {
    this.#records.begin(out);
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const next = this.#version === 0n ? this.#header(bytes) : this.#next(bytes, at);
      if (next === undefined) break;
      at = next;
    }
    this.#offset += at;
    this.#rest = Buffer.from(bytes.subarray(at));
    this.#records.pause(this.#count);
  }

  end(out: Event[]): void {
    this.#records.begin(out);
    if (this.#rest.length > 0) {
      const found = `${this.#rest.length} bytes of a record at byte ${this.#offset}, where the file ends`;
      this.#records.lost(undefined, `found ${found}, expected the rest of it`, this.#offset);
    }
    this.#records.end(this.#count);
  }

  #u64(bytes: Buffer, at: number): bigint {
    return this.#big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at);
  }

  #u32(bytes: Buffer, at: number): number {
    return this.#big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }

  #refuse(at: number, found: string, expected: string): TraceError {
    const place = this.#offset + at;
    return new TraceError(this.#info.file, place, `${found} at byte ${place}`, expected);
  }

  #header(bytes: Buffer): number | undefined {
    if (bytes.length < FILE_HEADER) return undefined;
    this.#big = isHeader(bytes, true);
    this.#version = this.#u64(bytes, 16);
    this.#info.clock = 'ns';
    this.#info.recorder = `QEMU simple, version ${this.#version}`;
    if (this.#version < 2n || this.#version > 4n) throw this.#refuse(16, `version ${this.#version}`, 'version 2, 3 or 4');
    if (this.#version < 4n) this.#number();
    return FILE_HEADER;
  }

  /** Old recordings number their events by the list that QEMU was built with. */
  #number(): void {
    if (this.#given === undefined) {
      throw this.#refuse(16, `version ${this.#version}, whose events have numbers only`, 'the trace-events-all of the QEMU that recorded it, with --qemu-events');
    }
    for (const [at, signature] of this.#given.entries()) if (signature !== undefined) this.#events.set(BigInt(at), signature);
  }

  /** Where the record at `at` ends; undefined if not all of it is there yet. */
  #next(bytes: Buffer, at: number): number | undefined {
    if (this.#version < 4n) return this.#event(bytes, at);
    if (bytes.length < at + 8) return undefined;
    const type = this.#u64(bytes, at);
    if (type === MAPPING) return this.#mapping(bytes, at + 8);
    if (type === RECORD) return this.#event(bytes, at + 8);
    throw this.#refuse(at, `a record of type ${type}`, 'type 0 (a name) or 1 (an event)');
  }

  #mapping(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + 12) return undefined;
    const length = this.#u32(bytes, at + 8);
    if (length > MAX_NAME) throw this.#refuse(at + 8, `a name of ${length} bytes`, `at most ${MAX_NAME}`);
    const end = at + 12 + length;
    if (bytes.length < end) return undefined;
    const name = bytes.toString('latin1', at + 12, end);
    const id = this.#u64(bytes, at);
    // a file that is opened again repeats them
    const before = this.#names.get(id) ?? name;
    if (!NAME.test(name) || before !== name) throw this.#refuse(at, `the name ${JSON.stringify(name.slice(0, 16))} of event ${id}`, before === name ? 'a name' : `the name ${before}, as before`);
    this.#names.set(id, name);
    this.#events.set(id, this.#byName.get(name) ?? name);
    return end;
  }

  /** A recording names all events of its QEMU: one that is read here and is missing stands there under a wrong letter. */
  #slip(name: string): string | undefined {
    if (this.#slips.has(name)) return this.#slips.get(name);
    const named = new Set(this.#names.values());
    const slip = slipOf(name, [...this.#byName.keys()].filter((known) => !named.has(known)));
    this.#slips.set(name, slip);
    return slip;
  }

  #event(bytes: Buffer, at: number): number | undefined {
    if (bytes.length < at + RECORD_HEADER) return undefined;
    const length = this.#u32(bytes, at + 16);
    if (length < RECORD_HEADER || length > MAX_RECORD) throw this.#refuse(at + 16, `a record of ${length} bytes`, `${RECORD_HEADER} to ${MAX_RECORD}`);
    if (bytes.length < at + length) return undefined;
    this.#take(bytes.subarray(at, at + length), this.#offset + at);
    return at + length;
  }

  #take(record: Buffer, place: number): void {
    this.#count++;
    const id = this.#u64(record, 0) & ~VALID;
    const ns = this.#u64(record, 8);
    this.#records.stamp(Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n));
    if (id === DROPPED) {
      const n = record.length >= RECORD_HEADER + 8 ? Number(this.#u64(record, RECORD_HEADER)) : undefined;
      this.#records.lost(n, `${n ?? 'some'} events dropped`, place);
      return;
    }
    const event = this.#events.get(id);
    if (event === undefined) this.#records.unreadable(`event number ${id} at byte ${place}`, 'a number that the recording or --qemu-events names', place);
    else if (typeof event === 'string') this.#skip(event, place);
    else this.#print(event, record, place);
  }

  #skip(name: string, place: number): void {
    const slip = this.#slip(name);
    if (slip === undefined) this.#records.skip(name);
    else this.#records.unreadable(`an event ${name} at byte ${place}`, `${slip}, which the recording does not name`, place);
  }

  #print(signature: Signature, record: Buffer, place: number): void {
    const values = this.#values(signature, record);
    if (values === undefined) {
      this.#records.unreadable(`${record.length} bytes of ${signature.name} at byte ${place}`, `the arguments of ${signature.name} as --qemu-events or QEMU 7.2 has them`, place);
      return;
    }
    const line = Buffer.from(`${signature.name} ${signature.print(values)}`, 'latin1');
    this.#records.take(new Text(Buffer.concat([line, NEWLINE])), line.length, place);
  }

  /** Undefined if the record is not as long as its arguments, or one is no number of its type. */
  #values({ parameters }: Signature, record: Buffer): Argument[] | undefined {
    const values: Argument[] = [];
    let at = RECORD_HEADER;
    for (const { string, most, least } of parameters) {
      const size = string ? 4 : 8;
      if (at + size > record.length) return undefined;
      const length = string ? this.#u32(record, at) : 0;
      if (at + size + length > record.length) return undefined;
      const value = string ? record.toString('latin1', at + size, at + size + length) : this.#u64(record, at);
      if (typeof value === 'bigint' && value > most && value < least) return undefined;
      values.push(value);
      at += size + length;
    }
    return at === record.length ? values : undefined;
  }
}
