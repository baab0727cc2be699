// Merges the records of all CPUs by time and tells the assembler what they mean. Ties go by CPU, then by order, as in
// `trace-cmd report`.

import type { Event } from '../../event.js';
import { noteLoss, type StreamInfo } from '../format.js';
import { KvmAssembler } from '../kvm/assembler.js';
import type { CpuRecords, Gap, Reference } from './cpu-records.js';
import type { EventType, EventTypes } from './event-types.js';

/** Records read for one batch. */
const BATCH = 4096;
/** Length of the fields that every event has. */
const COMMON = 8;

interface Recorded {
  readonly info: StreamInfo;
  readonly stream: number;
  readonly types: EventTypes;
  readonly cpus: readonly CpuRecords[];
  readonly reference: Reference;
  /** Absolute stamp to absolute ns, where the recorder says how. */
  readonly toNs: ((stamp: bigint) => bigint) | undefined;
}

export class RecordStream {
  readonly #info: StreamInfo;
  readonly #kvm: KvmAssembler;
  readonly #types: EventTypes;
  readonly #reference: Reference;
  readonly #toNs: ((stamp: bigint) => bigint) | undefined;
  /** CPUs with a record at hand, by their place in the order of ties. */
  #cpus: readonly CpuRecords[];
  #records = 0;
  /** Time of the latest record, whatever it was. */
  #latest = Number.NaN;
  /** Time of the first event, from the reference. */
  #first = Number.NaN;

  constructor({ info, stream, types, cpus, reference, toNs }: Recorded) {
    this.#info = info;
    this.#kvm = new KvmAssembler(stream);
    this.#types = types;
    this.#cpus = cpus;
    this.#reference = reference;
    this.#toNs = toNs;
  }

  /** Events in front of what cannot be read are given out before its error. */
  *batches(): Generator<Event[]> {
    let out: Event[] = [];
    try {
      this.#kvm.begin(out);
      this.#begin();
      while (this.#cpus.length > 0) {
        this.#fill(this.#records + BATCH);
        this.#pause();
        if (out.length > 0) yield out;
        out = [];
        this.#kvm.begin(out);
      }
    } finally {
      this.#kvm.end();
      this.#count();
      if (out.length > 0) yield out;
    }
  }

  #begin(): void {
    this.#cpus = this.#cpus.filter((cpu) => this.#advance(cpu));
    const [cpu] = this.#earliest();
    if (cpu === undefined) return;
    this.#first = cpu.time;
    this.#info.base = this.#absolute(cpu.time);
  }

  #absolute(time: number): bigint {
    const stamp = this.#reference.stamp + BigInt(time);
    return this.#toNs === undefined ? stamp : this.#toNs(stamp);
  }

  #pause(): void {
    this.#kvm.pause();
    this.#count();
  }

  #count(): void {
    this.#info.lines = this.#records;
    this.#types.count(this.#info);
  }

  /** The CPU whose record is next, and the one that comes after it. */
  #earliest(): [CpuRecords | undefined, CpuRecords | undefined] {
    let first: CpuRecords | undefined;
    let second: CpuRecords | undefined;
    for (const cpu of this.#cpus) {
      if (first === undefined || cpu.time < first.time) [first, second] = [cpu, first];
      else if (second === undefined || cpu.time < second.time) second = cpu;
    }
    return [first, second];
  }

  /** Reads on until so many records have been taken. */
  #fill(until: number): void {
    while (this.#records < until) {
      const [cpu, other] = this.#earliest();
      if (cpu === undefined) return;
      // Up to where the other's record comes first.
      const after = other !== undefined && this.#cpus.indexOf(other) < this.#cpus.indexOf(cpu);
      const limit = other === undefined ? Infinity : after ? other.time : nextAfter(other.time);
      do {
        this.#take(cpu);
        if (!this.#advance(cpu)) {
          this.#cpus = this.#cpus.filter((each) => each !== cpu);
          break;
        }
      } while (this.#records < until && cpu.time < limit);
    }
  }

  /** What is lost behind a CPU's last record is told here. */
  #advance(cpu: CpuRecords): boolean {
    if (cpu.next()) return true;
    this.#tellGaps(cpu);
    return false;
  }

  #tellGaps({ cpu, gaps }: CpuRecords): void {
    for (const gap of gaps) this.#lost(cpu, gap.n, inWords(cpu, gap));
  }

  #take(cpu: CpuRecords): void {
    if (cpu.gaps.length > 0) this.#tellGaps(cpu);
    this.#records++;
    this.#latest = cpu.time;
    const type = cpu.end - cpu.at < COMMON ? undefined : this.#types.find(cpu.view.getUint16(cpu.at, true));
    if (type === undefined) {
      this.#unknown(cpu);
      return;
    }
    type.count++;
    if (type.read === undefined && type.missing === undefined) return;
    this.#stamp(cpu, type);
    if (type.buffer !== cpu.buffer) this.#enterBuffer(type, cpu.buffer);
    if (!type.tell(this.#kvm, cpu)) this.#unreadable(cpu, type);
  }

  #stamp(cpu: CpuRecords, type: EventType): void {
    const { journal } = this.#kvm;
    journal.ns = this.#sinceFirst(cpu.time);
    journal.on = cpu.cpu;
    journal.tid = cpu.view.getInt32(cpu.at + this.#types.pidOffset, true);
    journal.line = this.#records;
    journal.name = type.name;
  }

  #sinceFirst(time: number): number {
    return this.#toNs === undefined ? time - this.#first : Number(this.#absolute(time) - this.#info.base);
  }

  /** An event that two trace buffers hold is told twice, which reads like two machines. */
  #enterBuffer(type: EventType, buffer: number): void {
    if (type.buffer >= 0) this.#kvm.machines.mixed();
    type.buffer = buffer;
  }

  #unknown(cpu: CpuRecords): void {
    const found = cpu.end - cpu.at < COMMON ? `a record of ${cpu.end - cpu.at} bytes` : `event ${cpu.view.getUint16(cpu.at, true)}`;
    this.#lost(cpu.cpu, 1, `found ${found}, expected one whose format the recording tells`);
  }

  #unreadable(cpu: CpuRecords, { name, missing, extent }: EventType): void {
    const found = missing === undefined ? `a record of ${cpu.end - cpu.at} bytes, expected at least ${extent}` : `no field ${missing}`;
    this.#lost(cpu.cpu, 1, `${name}: found ${found}`);
  }

  #lost(cpu: number, n: number | undefined, what: string): void {
    const line = Math.max(1, this.#records);
    noteLoss(this.#info, n === undefined ? { line, what } : { line, n, what });
    const { journal } = this.#kvm;
    if (this.#records > 0) journal.ns = this.#sinceFirst(this.#latest);
    journal.line = line;
    journal.on = cpu;
    journal.tid = -1;
    journal.name = what;
    this.#kvm.lost(cpu, n);
  }
}

/** Times are whole numbers. */
const nextAfter = (time: number): number => time + 1;

/** As trace-cmd report says it. */
function inWords(cpu: number, { n, damage }: Gap): string {
  if (damage !== '') return `CPU:${cpu} [${damage}]`;
  return n === undefined ? `CPU:${cpu} [EVENTS DROPPED]` : `CPU:${cpu} [${n} EVENTS DROPPED]`;
}
