// The events of a recording by their ids: what each is called, how often it came and how its records are read.

import type { StreamInfo } from '../format.js';
import type { KvmAssembler } from '../kvm/assembler.js';
import { Fields, type Field, type RawRecord, type ReadRecord } from '../kvm/record.js';
import { READ_EVENTS, recordReader } from '../kvm/records.js';
import { VCPU_EVENTS } from '../kvm/vcpu-events.js';
import { slipOf } from '../nearest.js';
import { readEventFormat, type EventFormat } from './event-format.js';

/** Ids are 16 bits in every record. */
const MAX_ID = 0xffff;
/** Records of the kernel's tracers have the lowest ids; events are numbered behind them (kernel/trace/trace.h, enum trace_type). */
const LAST_TRACER = 15;
/** Records are rounded up to whole words, and those of tracepoints to what their widest field needs. */
const ROUNDED = 8;
/** Its array holds as many callers as there were, whatever number the description gives (kernel/trace/trace.c, __ftrace_trace_stack). */
const KERNEL_STACK = 'kernel_stack';

export class EventType {
  readonly name: string;
  /** Only a vCPU's thread writes it. */
  readonly isVcpus: boolean;
  count = 0;
  /** Undefined for events that are only counted. */
  readonly read: ReadRecord | undefined;
  /** A record is at least so long. */
  readonly extent: number = 0;
  /** Why its records cannot be read, in words. */
  flaw: string | undefined;
  /** Where its first record came from; an event that two trace buffers hold is told twice. */
  buffer = -1;
  readonly #format: EventFormat;
  readonly #fields: Fields;
  readonly #least: number;
  readonly #most: number;
  readonly #kvm: Field;
  readonly #irq: Field;

  constructor(format: EventFormat) {
    const { name, fields, print, wrong } = format;
    this.#format = format;
    this.name = name;
    this.isVcpus = VCPU_EVENTS.has(name);
    const found = new Fields(fields, print);
    this.#fields = found;
    this.read = recordReader(name, found);
    this.extent = found.extent;
    this.flaw = wrong ?? (found.missing === undefined ? undefined : `no field ${found.missing}`);
    const described = [...fields.values()].filter(({ shape }) => shape !== 'array' || name !== KERNEL_STACK);
    this.#least = Math.max(0, ...described.map(({ offset, size }) => offset + size));
    this.#most = described.length === fields.size && described.every(({ shape, size }) => shape === 'number' || (shape === 'array' && size > 0)) ? this.#least + ROUNDED : Infinity;
    this.#kvm = found.optional('kvm');
    this.#irq = found.optional('irq');
  }

  /** Can a record be so long? One without text or arrays has its fields and what rounds them up, `more` by the recorder. */
  fits(length: number, more = 0): boolean {
    return this.flaw !== undefined || (length >= this.#least && length < this.#most + more);
  }

  /** Has it all that the event `name` is read by? */
  couldBe(name: string): boolean {
    const fields = new Fields(this.#format.fields, this.#format.print);
    return recordReader(name, fields) !== undefined && fields.missing === undefined;
  }

  /** What tells whose a record is: a probe's `kvm`, an interrupt's number; NaN for what there is not, or lies behind its end. */
  owner(record: RawRecord): { readonly kvm: number; readonly irq: number } {
    return record.end - record.at < this.extent ? { kvm: Number.NaN, irq: Number.NaN } : { kvm: this.#kvm.of(record), irq: this.#irq.of(record) };
  }

  /** The record is read; false if it is too short or holds what no kernel writes, or no record of the event can be read. */
  tell(kvm: KvmAssembler, record: RawRecord): boolean {
    if (this.flaw !== undefined || record.end - record.at < this.extent || !this.#fields.within(record)) return false;
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
    const before = this.#byId[format.id];
    const type = new EventType(format);
    if (before !== undefined && before.name !== format.name && format.id > LAST_TRACER) type.flaw = `the number of ${before.name}, too`;
    this.#byId[format.id] = type;
    return true;
  }

  /** All events have been described: one that is read and is missing may stand there under a wrong letter. */
  settle(): void {
    const names = new Set(this.#byId.map((type) => type?.name));
    const missing = READ_EVENTS.filter((name) => !names.has(name));
    for (const type of this.#byId) {
      if (type === undefined || type.read !== undefined) continue;
      const slip = slipOf(type.name, missing);
      if (slip !== undefined && type.couldBe(slip)) type.flaw ??= `its name, which may be ${slip}`;
    }
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
