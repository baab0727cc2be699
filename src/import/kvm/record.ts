// A binary record and its fields: the twin of body.ts for recordings that hold numbers instead of text. Which bytes are a
// field is settled once per event, from the description the recording carries (import/tracebin/event-format.ts).

import type { KvmAssembler } from './assembler.js';

/** The record at hand: one object for all records of a stream. */
export class RawRecord {
  view: DataView = new DataView(new ArrayBuffer(0));
  /** Where it begins and ends. */
  at = 0;
  end = 0;
}

/** Tells the assembler what the record means. */
export type ReadRecord = (kvm: KvmAssembler, record: RawRecord) => void;

/** Finds the fields and gives the reader; undefined if records of this event mean nothing here. */
export type CompileRecord = (fields: Fields) => ReadRecord | undefined;

/** What an event's description says about its fields. */
interface Described {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  readonly shape: 'number' | 'text' | 'near' | 'array';
}

const DWORD = 2 ** 32;

/** A number within the record. */
export class Field {
  readonly #offset: number;
  /** Bytes, negative for a signed number; 0 if the event has no such field. */
  readonly #width: number;

  constructor(field: Described | undefined) {
    this.#offset = field?.offset ?? 0;
    this.#width = field === undefined ? 0 : field.signed ? -field.size : field.size;
  }

  /** Above 2^53 rounded; NaN if the event has no such field. */
  of({ view, at }: RawRecord): number {
    const offset = at + this.#offset;
    switch (this.#width) {
      case 4: return view.getUint32(offset, true);
      case -4: return view.getInt32(offset, true);
      case 8: return view.getUint32(offset + 4, true) * DWORD + view.getUint32(offset, true);
      case 1: return view.getUint8(offset);
      case 2: return view.getUint16(offset, true);
      case -8: return view.getInt32(offset + 4, true) * DWORD + view.getUint32(offset, true);
      case -1: return view.getInt8(offset);
      case -2: return view.getInt16(offset, true);
      default: return Number.NaN;
    }
  }

  /** Its low 32 bits, exact whatever its size. */
  low(record: RawRecord): number {
    return Math.abs(this.#width) === 8 ? record.view.getUint32(record.at + this.#offset, true) : this.of(record) >>> 0;
  }

  /** The 32 bits above those. */
  high({ view, at }: RawRecord): number {
    return Math.abs(this.#width) === 8 ? view.getUint32(at + this.#offset + 4, true) : 0;
  }
}

/** Text that a record holds, its NUL not included. */
class TextField {
  readonly #field: Described | undefined;

  constructor(field: Described | undefined) {
    this.#field = field;
  }

  /** Empty if the event has no such field. */
  of(record: RawRecord): string {
    const { view } = record;
    const from = this.#start(record);
    let to = from;
    while (to < record.end && view.getUint8(to) !== 0) to++;
    return Buffer.from(view.buffer, view.byteOffset + from, to - from).toString('utf8');
  }

  /** Does it begin with these four characters? */
  begins(word: string, record: RawRecord): boolean {
    const from = this.#start(record);
    if (from + word.length > record.end) return false;
    for (let i = 0; i < word.length; i++) if (record.view.getUint8(from + i) !== word.charCodeAt(i)) return false;
    return true;
  }

  /** The record's end for a text that does not lie within it. */
  #start({ view, at, end }: RawRecord): number {
    const field = this.#field;
    if (field === undefined) return end;
    const place = at + field.offset;
    if (field.shape === 'array' || field.shape === 'number') return Math.min(place, end);
    const offset = view.getUint32(place, true) & 0xffff;
    return Math.min(field.shape === 'near' ? place + 4 + offset : at + offset, end);
  }
}

/** The fields of one event. Remembers how long a record must be to hold all that was asked for. */
export class Fields {
  /** Bytes from a record's beginning to the end of the last field used. */
  extent = 0;
  /** A field that the event must have and has not, or has in a size that is no number's. */
  missing: string | undefined;
  readonly #fields: ReadonlyMap<string, Described>;
  readonly #print: string;
  readonly #limits: { readonly field: Field; readonly limit: number }[] = [];

  constructor(fields: ReadonlyMap<string, Described>, print: string) {
    this.#fields = fields;
    this.#print = print;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  /** Does the kernel print the event with this text? */
  prints(text: string): boolean {
    return this.#print.includes(text);
  }

  /** True for an event that a user made with a kprobe, a uprobe or an fprobe. */
  get probed(): boolean {
    return this.has('__probe_ip') || this.has('__probe_func');
  }

  /** A number that every kernel's event has. */
  number(name: string): Field {
    const found = this.#number(name);
    if (found === undefined) this.missing ??= name;
    return new Field(found);
  }

  /** A number that every kernel's event has, and that is below `limit` in every record. */
  below(limit: number, name: string): Field {
    const field = this.number(name);
    this.#limits.push({ field, limit });
    return field;
  }

  /** Does the record hold what a kernel writes? */
  within(record: RawRecord): boolean {
    for (const { field, limit } of this.#limits) {
      const value = field.of(record);
      if (value < 0 || value >= limit) return false;
    }
    return true;
  }

  /** A number that is NaN in records of events without it. */
  optional(name: string): Field {
    return new Field(this.#number(name));
  }

  text(name: string): TextField {
    const found = this.#fields.get(name);
    if (found !== undefined) this.#reach(found);
    return new TextField(found);
  }

  /** The field as the kernel prints it behind ` name=`: a number in the base of its type, a text in quotes; undefined if there is none. */
  printed(name: string): ((record: RawRecord) => string) | undefined {
    const found = this.#fields.get(name);
    if (found === undefined) return undefined;
    if (found.shape !== 'number') {
      const text = this.text(name);
      return (record) => `"${text.of(record)}"`;
    }
    const field = this.number(name);
    if (!this.#print.includes(` ${name}=0x%`)) return (record) => String(field.of(record));
    return (record) => `0x${((BigInt(field.high(record)) << 32n) | BigInt(field.low(record))).toString(16)}`;
  }

  #number(name: string): Described | undefined {
    const found = this.#fields.get(name);
    if (found === undefined || found.shape !== 'number' || ![1, 2, 4, 8].includes(found.size)) return undefined;
    this.#reach(found);
    return found;
  }

  #reach({ offset, size, shape }: Described): void {
    this.extent = Math.max(this.extent, offset + (shape === 'array' ? 0 : size));
  }
}
