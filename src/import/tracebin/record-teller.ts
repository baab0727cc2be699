// Tells the assembler what binary records mean, one after the other in the order of time, and counts them.

import type { Event } from '../../event.js';
import { noteLoss, type StreamInfo } from '../format.js';
import { Admission } from '../kvm/admission.js';
import { KvmAssembler } from '../kvm/assembler.js';
import { THREADS } from '../kvm/limits.js';
import type { RawRecord } from '../kvm/record.js';
import type { EventType, EventTypes } from './event-types.js';

/** `common_flags` in front of a record: made in a hard interrupt, a soft one, an NMI (include/linux/trace_events.h). */
const FLAGS = 2;
const IN_INTERRUPT = 0x08 | 0x10 | 0x40;
/** Length of the fields that every event has. */
const COMMON = 8;

/** A record with its place. */
interface Placed extends RawRecord {
  /** CPU that recorded it. */
  readonly cpu: number;
  /** Number of the trace buffer. */
  readonly buffer: number;
  /** As the recorder counts, from a reference of its own. */
  readonly time: number;
  /** The thread's process, where the recorder tells. */
  readonly tgid?: number;
}

export class RecordTeller {
  /** Records taken so far. */
  records = 0;
  readonly #info: StreamInfo;
  readonly #types: EventTypes;
  readonly #kvm: KvmAssembler;
  readonly #sinceFirst: (time: number) => number;
  /** Where one of several VMs is chosen. */
  readonly #admission: Admission | undefined;
  /** Time of the latest record, whatever it was. */
  #latest = Number.NaN;

  /** `sinceFirst`: ns from the first event to a record's time. */
  constructor(info: StreamInfo, stream: number, types: EventTypes, sinceFirst: (time: number) => number) {
    this.#info = info;
    this.#types = types;
    this.#kvm = new KvmAssembler(stream);
    this.#admission = info.vms && new Admission(info, info.vms, this.#kvm);
    this.#sinceFirst = sinceFirst;
    types.settle();
  }

  begin(out: Event[]): void {
    this.#kvm.begin(out);
  }

  /** Only events of some CPUs or threads, or only some of all were recorded: of every kind some may be missing. */
  chosen(): void {
    const { journal } = this.#kvm;
    journal.line = Math.max(1, this.records);
    journal.name = this.#info.recorder;
    this.#kvm.declarePartial(['*']);
  }

  pause(): void {
    this.#kvm.pause();
    this.#info.lines = this.records;
  }

  end(): void {
    this.#admission?.tellLoss();
    this.#kvm.end();
    this.#info.lines = this.records;
    this.#types.count(this.#info);
  }

  take(record: Placed): void {
    this.records++;
    this.#latest = record.time;
    const type = record.end - record.at < COMMON ? undefined : this.#types.find(record.view.getUint16(record.at, true));
    if (type === undefined) {
      this.#unknown(record);
      return;
    }
    type.count++;
    if (type.read === undefined && type.flaw === undefined) return;
    this.#stamp(record, type);
    if (this.#admission !== undefined && !this.#admits(this.#admission, record, type)) return;
    if (type.buffer !== record.buffer) this.#enterBuffer(type, record.buffer);
    if (type.isVcpus) this.#kvm.machines.process(record.tgid ?? -1);
    const { tid } = this.#kvm.journal;
    if (tid < 0 || tid >= THREADS || !type.tell(this.#kvm, record)) this.#unreadable(record, type, tid);
  }

  #stamp({ cpu, time, view, at }: Placed, type: EventType): void {
    const { journal } = this.#kvm;
    journal.ns = this.#sinceFirst(time);
    journal.on = cpu;
    journal.tid = view.getInt32(at + this.#types.pidOffset, true);
    journal.line = this.records;
    journal.name = type.name;
  }

  #admits(admission: Admission, record: Placed, type: EventType): boolean {
    const { tid, on } = this.#kvm.journal;
    const inInterrupt = (record.view.getUint8(record.at + FLAGS) & IN_INTERRUPT) !== 0;
    const { kvm, irq } = type.owner(record);
    return admission.admits({ name: type.name, tid, tgid: record.tgid ?? -1, on, kvm, irq, inInterrupt });
  }

  /** An event that two trace buffers hold is told twice, which reads like two machines. */
  #enterBuffer(type: EventType, buffer: number): void {
    if (type.buffer >= 0) this.#kvm.machines.mixed();
    type.buffer = buffer;
  }

  #unknown({ cpu, view, at, end }: Placed): void {
    const found = end - at < COMMON ? `a record of ${end - at} bytes` : `event ${view.getUint16(at, true)}`;
    this.lost(cpu, 1, `found ${found}, expected one whose format the recording tells`);
  }

  #unreadable({ cpu, at, end }: Placed, { name, flaw, extent }: EventType, tid: number): void {
    const short = end - at < extent ? `a record of ${end - at} bytes, expected at least ${extent}` : undefined;
    this.lost(cpu, 1, `${name}: found ${flaw ?? short ?? `a record of thread ${tid} that no kernel writes`}`);
  }

  /** Events of a CPU were lost at `time`, or, where that is not known, behind the latest record. */
  lost(cpu: number, n: number | undefined, what: string, time = this.#latest): void {
    this.#admission?.lost();
    const line = Math.max(1, this.records);
    noteLoss(this.#info, n === undefined ? { line, what } : { line, n, what });
    const { journal } = this.#kvm;
    if (!Number.isNaN(time)) journal.ns = this.#sinceFirst(time);
    journal.line = line;
    journal.on = cpu;
    journal.tid = -1;
    journal.name = what;
    this.#kvm.lost(cpu, n);
  }
}
