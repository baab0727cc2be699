// One stream of a merge: its next event and the time at which it must be given out.

import type { Event } from '../event.js';
import { TraceError, type StreamInfo } from '../import/format.js';
import { bracketOf, setBracket, type Bracket } from '../import/ioctl/bracket.js';

/** What is known of a stream's clock: ns to add to its times, and by how many ns that may be wrong. */
export interface ClockOffset {
  readonly ns: bigint;
  readonly uncertainty: number;
}

/** A recording's stream, as opened. */
export interface Stream {
  readonly info: StreamInfo;
  /** Its clock is not that of the others. */
  readonly offset?: ClockOffset | undefined;
  /** Name of a file by the number that an event carries; without it all are the stream's own. */
  readonly nameOf?: ((stream: number) => string | undefined) | undefined;
  batches(): AsyncGenerator<Event[]>;
}

/** Traces print µs, rounded or cut off: a stamp may be this many ns before its event. */
export const STAMP_ERROR = 999;
/** Batches at most that are looked at before the first event is given out. */
const MOST_GATHERED = 16;
const NONE: readonly Event[] = [];

export class Input {
  readonly info: StreamInfo;
  /** The next event; undefined at the end of the stream. */
  head: Event | undefined;
  /** When it is due, in merged ns. */
  due = -Infinity;
  /** Times of the first and of the latest event known, in merged ns. */
  first = Infinity;
  last = -Infinity;
  /** Number of the stream, as its events carry it. */
  stream = 0;
  readonly #offset: ClockOffset | undefined;
  readonly #nameOf: Stream['nameOf'];
  readonly #source: AsyncGenerator<Event[]>;
  readonly #rank: number;
  /** By how many ns this clock and another stream's may differ. */
  #skew = 0;
  #batch: readonly Event[] = NONE;
  #at = 0;
  #shift = 0;
  /** Some event of the batch in hand has a bracket. */
  #bracketed = false;
  /** When the latest call of the stream had returned. */
  #returned = -Infinity;

  /** `rank`: of events due at the same time, those of the stream with the lower one come first. */
  constructor(stream: Stream, rank: number) {
    this.info = stream.info;
    this.#offset = stream.offset;
    this.#nameOf = stream.nameOf;
    this.#rank = rank;
    this.#source = stream.batches();
  }

  readonly sourceOf = ({ stream }: Event): string => this.#nameOf?.(stream) ?? this.info.file;

  /** Absolute time of the first event, in the common clock; known with the first batch. */
  get base(): bigint {
    return this.info.base + (this.#offset?.ns ?? 0n);
  }

  /** Its times count from its own first event, as perf script --reltime and trace-cmd report --align-ts print them, and nothing tells when that was. */
  get isAfloat(): boolean {
    const { base, clock, format } = this.info;
    return base === 0n && clock === 'seconds' && (format === 'perf-script' || format === 'trace-cmd');
  }

  /** The distance of its clock from the common one is known. */
  get isShifted(): boolean {
    return this.#offset !== undefined;
  }

  get uncertainty(): number {
    return this.#offset?.uncertainty ?? 0;
  }

  /** True if the next batch must be fetched to know the next event. */
  get empty(): boolean {
    return this.#at >= this.#batch.length;
  }

  /** Events of the batch in hand that are still to come. */
  get coming(): readonly Event[] {
    return this.#batch.slice(this.#at);
  }

  async fetch(): Promise<void> {
    for (;;) {
      const next = await this.#source.next();
      this.#batch = next.done === true ? NONE : next.value;
      this.#at = 0;
      if (next.done === true || this.#batch.length > 0) return;
    }
  }

  /** Takes further batches to the one in hand, until that has `enough` events that are `wanted`, or a few have come. */
  async gather(enough: number, wanted: (event: Event) => boolean): Promise<void> {
    const all = [...this.#batch];
    let found = all.filter(wanted).length;
    for (let batches = 1; found < enough && batches < MOST_GATHERED && all.length > 0; batches++) {
      const next = await this.#source.next();
      if (next.done === true) break;
      for (const event of next.value) all.push(event);
      found += next.value.filter(wanted).length;
    }
    this.#batch = all;
  }

  /** From here on times count from a common base, `shift` ns before the stream's own; `skew` is the most that its clock may be off another's. */
  start(shift: number, skew: number): void {
    this.#shift = shift;
    this.#skew = skew;
    this.arrive();
  }

  /** Moves the times of a fetched batch to the common base. */
  arrive(): void {
    this.#bracketed = false;
    for (const event of this.#batch) {
      event.ns += this.#shift;
      let end = event.ns;
      const bracket = bracketOf(event);
      if (bracket !== undefined) {
        this.#bracketed = true;
        // In the other clocks' time the call may have been made so much earlier and have returned so much later.
        setBracket(event, bracket.t0 + this.#shift - this.#skew, (end = bracket.t1 + this.#shift + this.#skew));
      }
      if (event.ns < this.first) this.first = event.ns;
      if (end > this.last) this.last = end;
    }
    this.#look();
  }

  /** True if an event with a time has come. */
  get isTimed(): boolean {
    return this.first < Infinity;
  }

  /** When the call was under way that the next event stands for. */
  bracketOf(event: Event): Bracket | undefined {
    return this.#bracketed ? bracketOf(event) : undefined;
  }

  /** The next event is given out. */
  take(event: Event): void {
    this.stream = event.stream;
    const end = this.bracketOf(event)?.t1 ?? event.ns;
    if (end > this.#returned) this.#returned = end;
    this.#at++;
    this.#look();
  }

  /** Is this stream's next event to be given out before the other's? */
  isBefore(other: Input | undefined): boolean {
    return other === undefined || this.due < other.due || (this.due === other.due && this.#rank < other.#rank);
  }

  async close(): Promise<void> {
    await this.#source.return(undefined);
  }

  #look(): void {
    this.head = this.#batch[this.#at];
    if (this.head !== undefined) this.due = this.#dueTime(this.head);
  }

  #dueTime(event: Event): number {
    const { ns } = event;
    if (ns !== ns) {
      if (!event.kind.startsWith('meta.')) throw incomparable(this.info, event.at);
      return this.#returned;
    }
    const bracket = this.bracketOf(event);
    if (bracket === undefined) return ns;
    // What takes effect at the return comes after a trace line of the same time.
    if (ns !== bracket.t0 + this.#skew) return ns + this.#skew + 0.5;
    // A consequence may bear a stamp before the call; but it is no consequence if it lies nearer to what the stream did before.
    return Math.max(ns - this.#skew - STAMP_ERROR, this.#returned <= ns ? (this.#returned + ns) / 2 : -Infinity);
  }
}

const FOUND: Readonly<Record<StreamInfo['clock'], string>> = {
  none: 'events without times',
  integer: 'times in an unknown unit',
  seconds: 'times that count from its first event',
  ns: 'times that count from its first event',
};

export function incomparable(info: StreamInfo, line: number): TraceError {
  const found = FOUND[info.clock];
  return new TraceError(info.file, line, found, `times of a common clock in seconds or ns, to put several streams in order (${HOW_TO_RECORD})`);
}

export const HOW_TO_RECORD =
  'several files are read as streams of one run: recordings of other runs are checked one by one, or all by irqreplay test; of one run record each with CLOCK_MONOTONIC: trace-cmd record -C mono, echo mono > trace_clock, perf record -k CLOCK_MONOTONIC; or give the distance of the clocks: --offset FILE=NS, --offset FILE=auto';
