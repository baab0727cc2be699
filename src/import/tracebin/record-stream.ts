// Merges the records of all CPUs by time and tells the assembler what they mean. Ties go by CPU, then by order, as in
// `trace-cmd report`.

import type { Event } from '../../event.js';
import type { StreamInfo } from '../format.js';
import type { CpuRecords, Gap } from './cpu-records.js';
import type { EventTypes } from './event-types.js';
import { RecordTeller } from './record-teller.js';
import type { Reference } from './reference.js';

/** Records read for one batch. */
const BATCH = 2048;

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
  readonly #teller: RecordTeller;
  readonly #reference: Reference;
  readonly #toNs: ((stamp: bigint) => bigint) | undefined;
  /** CPUs with a record at hand, by their place in the order of ties. */
  #cpus: readonly CpuRecords[];
  /** CPUs that lost something behind their last record: when, up to the end of the recording, is not known. */
  readonly #ended: CpuRecords[] = [];
  /** Time of the first event, from the reference. */
  #first = Number.NaN;

  constructor({ info, stream, types, cpus, reference, toNs }: Recorded) {
    this.#info = info;
    this.#teller = new RecordTeller(info, stream, types, (time) => this.#sinceFirst(time));
    this.#cpus = cpus;
    this.#reference = reference;
    this.#toNs = toNs;
  }

  /** Events in front of what cannot be read are given out before its error. */
  *batches(): Generator<Event[]> {
    let out: Event[] = [];
    try {
      this.#teller.begin(out);
      this.#begin();
      while (this.#cpus.length > 0) {
        this.#fill(this.#teller.records + BATCH);
        this.#teller.pause();
        if (out.length > 0) yield out;
        out = [];
        this.#teller.begin(out);
      }
    } finally {
      for (const cpu of this.#ended) this.#tellGaps(cpu);
      this.#teller.end();
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

  #sinceFirst(time: number): number {
    return this.#toNs === undefined ? time - this.#first : Number(this.#absolute(time) - this.#info.base);
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
    while (this.#teller.records < until) {
      const [cpu, other] = this.#earliest();
      if (cpu === undefined) return;
      // Up to where the other's record comes first.
      const after = other !== undefined && this.#cpus.indexOf(other) < this.#cpus.indexOf(cpu);
      const limit = other === undefined ? Infinity : after ? other.time : nextAfter(other.time);
      do {
        if (cpu.gaps.length > 0) this.#tellGaps(cpu, cpu.time);
        this.#teller.take(cpu);
        if (!this.#advance(cpu)) {
          this.#cpus = this.#cpus.filter((each) => each !== cpu);
          break;
        }
      } while (this.#teller.records < until && cpu.time < limit);
    }
  }

  #advance(cpu: CpuRecords): boolean {
    if (cpu.next()) return true;
    if (cpu.gaps.length > 0) this.#ended.push(cpu);
    return false;
  }

  /** `end`: where the CPU goes on, if it does. */
  #tellGaps({ cpu, gaps }: CpuRecords, end?: number): void {
    for (const gap of gaps) this.#teller.lost(cpu, gap.n, inWords(cpu, gap), end);
  }
}

/** Times are whole numbers. */
const nextAfter = (time: number): number => time + 1;

/** As trace-cmd report says it. */
function inWords(cpu: number, { n, damage }: Gap): string {
  if (damage !== '') return `CPU:${cpu} [${damage}]`;
  return n === undefined ? `CPU:${cpu} [EVENTS DROPPED]` : `CPU:${cpu} [${n} EVENTS DROPPED]`;
}
