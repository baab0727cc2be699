// The events of a recording by their ids: what each is called, how often it came and how its records are read.

import type { StreamInfo } from '../format.js';
import type { KvmAssembler } from '../kvm/assembler.js';
import { Fields, type Field, type RawRecord, type ReadRecord } from '../kvm/record.js';
import { recordReader } from '../kvm/records.js';
import { readEventFormat, type EventFormat } from './event-format.js';

/** Ids are 16 bits in every record. */
const MAX_ID = 0xffff;
/** Records of the kernel's tracers have the lowest ids; events are numbered behind them (kernel/trace/trace.h, enum trace_type). */
const LAST_TRACER = 15;

export class EventType {
  readonly name: string;
  count = 0;
  /** Undefined for events that are only counted. */
  readonly read: ReadRecord | undefined;
  /** A record is at least so long. */
  readonly extent: number = 0;
  /** A field that the event should have. */
  readonly missing: string | undefined;
  /** Where its first record came from; an event that two trace buffers hold is told twice. */
  buffer = -1;
  readonly #kvm: Field;
  readonly #irq: Field;

  constructor({ name, fields, print }: EventFormat) {
    this.name = name;
    const found = new Fields(fields, print);
    this.read = recordReader(name, found);
    this.extent = found.extent;
    this.missing = found.missing;
    this.#kvm = found.optional('kvm');
    this.#irq = found.optional('irq');
  }

  /** What tells whose a record is: a probe's `kvm`, an interrupt's number; NaN for what there is not, or lies behind its end. */
  owner(record: RawRecord): { readonly kvm: number; readonly irq: number } {
    return record.end - record.at < this.extent ? { kvm: Number.NaN, irq: Number.NaN } : { kvm: this.#kvm.of(record), irq: this.#irq.of(record) };
  }

  /** The record is read; false if it is too short or the event lacks a field. */
  tell(kvm: KvmAssembler, record: RawRecord): boolean {
    if (this.missing !== undefined || record.end - record.at < this.extent) return false;
    this.read?.(kvm, record);
    return true;
  }
}

export class EventTypes {
  readonly #byId: (EventType | undefined)[] = [];
  /** Where the thread's number lies. */
  pidOffset = 4;

  /** Takes the text of one format file; false if it is none. */
  add(text: string): boolean {
    const format = readEventFormat(text);
    if (format === undefined || format.id > MAX_ID) return false;
    const pid = format.fields.get('common_pid');
    if (pid?.size === 4) this.pidOffset = pid.offset;
    while (this.#byId.length <= format.id) this.#byId.push(undefined);
    this.#byId[format.id] = new EventType(format);
    return true;
  }

  /** What tracers record needs no description: it means nothing here. */
  find(id: number): EventType | undefined {
    const type = this.#byId[id];
    if (type !== undefined || id > LAST_TRACER) return type;
    this.add(`name: tracer-record-${id}\nID: ${id}\nformat:`);
    return this.#byId[id];
  }

  /** True if events other than those of tracers are described. */
  get described(): boolean {
    return this.#byId.length > LAST_TRACER + 1;
  }

  /** Writes down the counts so far, of events that came, and which of them mean nothing here. */
  count(info: StreamInfo): void {
    const sums = new Map<string, number>();
    for (const type of this.#byId) if (type !== undefined && type.count > 0) sums.set(type.name, (sums.get(type.name) ?? 0) + type.count);
    for (const [name, n] of sums) info.counts.set(name, n);
    info.unread = this.#byId.flatMap((type) => (type !== undefined && type.count > 0 && type.read === undefined ? [type.name] : []));
  }
}
