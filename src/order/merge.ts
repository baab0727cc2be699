// Several streams of one recording in one order, by time. Each stream keeps its own order; streams with different clocks are refused.

import type { Event } from '../event.js';
import { TraceError } from '../import/format.js';
import type { Kind } from '../kinds.js';
import { bracketOf, type Bracket } from '../import/ioctl/bracket.js';
import { ChipTellers, isQemus } from './chip-tellers.js';
import { ClockCheck } from './clock-check.js';
import { HOW_TO_RECORD, incomparable, Input, STAMP_ERROR, type Stream } from './input.js';
import { LateStreams } from './late-streams.js';
import { isShared, SharedCalls } from './shared-calls.js';
import { isSnapshot, Quiet } from './snapshots.js';
import { isDone, LOOKED_FOR, twins } from './twins.js';
import { replaces, UnderWay } from './under-way.js';

const BATCH = 4096;
/** Streams that share no time but lie within this many ns of each other may be the ends of one run. */
const NEAR = 500_000_000;
/** Calls that a kernel trace with probes shows too. Where a log has every one of them, the trace's are the same once more. */
const TOLD_TWICE: ReadonlySet<Kind> = new Set(['kvm.routes', 'kvm.irqfd.assign', 'kvm.irqfd.deassign']);

/** One order of all streams; `ns` counts from the earliest base, which `onBase` is told. A single stream passes through as it is. */
export async function* mergeStreams(streams: readonly Stream[], onBase: (base: bigint) => void = () => {}): AsyncGenerator<Event[]> {
  const [only, ...others] = streams;
  if (only !== undefined && others.length === 0) {
    yield* only.batches();
    return;
  }
  const inputs = streams.map((stream, rank) => new Input(stream, rank));
  try {
    const base = await begin(inputs);
    onBase(base);
    yield* new Merge(inputs, base).run();
  } finally {
    for (const input of inputs) await input.close();
  }
}

/** A stream's base and unit are known with its first batch. */
async function begin(inputs: readonly Input[]): Promise<bigint> {
  for (const input of inputs) {
    await input.fetch();
    if (inputs.length > 1) await input.gather(LOOKED_FOR, isDone);
  }
  const running = inputs.filter((input) => !input.empty);
  const sharing = running.filter(({ isShifted }) => !isShifted).length;
  let base = running[0]?.base ?? 0n;
  for (const { info, base: own, coming, isAfloat, isShifted } of running) {
    if (info.clock === 'integer' || info.clock === 'none' || (isAfloat && !isShifted && sharing > 1)) throw incomparable(info, coming[0]?.at ?? 1);
    if (own < base) base = own;
  }
  const same = twins(running);
  if (same !== undefined) throw new TraceError(same[1].info.file, same[1].coming[0]?.at ?? 1, `the events of ${same[0].info.file}`, 'another stream of the run: give one of the two forms of a recording');
  for (const input of inputs) {
    const others = inputs.filter((other) => other !== input).map(({ uncertainty }) => uncertainty);
    input.start(Number(input.base - base), input.uncertainty + Math.max(...others));
  }
  return base;
}

/** What the stream was there to show may have happened before its first event. */
function lostBefore({ ns, stream, at }: Event): Event {
  return { seq: 0, ns, on: -1, tid: -1, stream, at, name: 'meta.lost', kind: 'meta.lost', cpu: undefined, n: undefined };
}

class Merge {
  readonly #inputs: readonly Input[];
  readonly #checks: ReadonlyMap<Input, ClockCheck>;
  readonly #shared = new SharedCalls();
  readonly #underWay = new UnderWay();
  readonly #quiet = new Quiet();
  readonly #chips = new ChipTellers();
  readonly #late: LateStreams;
  /** Stream that has calls with both their times, for the sentence of a refusal. */
  #log: Input | undefined;
  /** By kind, the stream that declares to show every event of it. */
  readonly #whole = new Map<string, Input>();
  #out: Event[] = [];
  /** Streams that have come to their end and of which that has not been said yet. */
  #ended: Input[] = [];
  /** Absolute time from which merged times count. */
  readonly #base: bigint;

  constructor(inputs: readonly Input[], base: bigint) {
    this.#inputs = inputs;
    this.#base = base;
    this.#late = new LateStreams(inputs);
    this.#checks = new Map(inputs.map((input) => [input, new ClockCheck()]));
    for (const input of inputs) this.#arrived(input);
  }

  async *run(): AsyncGenerator<Event[]> {
    for (let input = this.#earliest(); input !== undefined; input = this.#earliest()) {
      this.#takeRun(input, this.#earliest(input));
      if (input.empty) await this.#fetch(input);
      if (this.#out.length < BATCH) continue;
      yield this.#out;
      this.#out = [];
    }
    this.#checkClocks();
    this.#shared.end(this.#out);
    if (this.#out.length > 0) yield this.#out;
  }

  /** The stream whose next event is due first; of equals the one given first. */
  #earliest(except?: Input): Input | undefined {
    let best: Input | undefined;
    for (const input of this.#inputs) {
      if (input !== except && input.head !== undefined && input.isBefore(best)) best = input;
    }
    return best;
  }

  /** Gives out what is due before the rival's next event, as far as it is in hand. */
  #takeRun(input: Input, rival: Input | undefined): void {
    for (let event = input.head; event !== undefined && input.isBefore(rival); event = input.head) {
      this.#give(event, input);
      input.take(event);
      if (this.#out.length >= BATCH) return;
    }
  }

  #give(event: Event, input: Input): void {
    if (event.kind === 'meta.chan' && event.cover === 'full' && event.whole === undefined) this.#whole.set(event.chan, input);
    else if (TOLD_TWICE.has(event.kind) && this.#tellsAlso(event, input)) return;
    const bracket = input.bracketOf(event);
    // A snapshot, which has its times, reads a chip and is no access of the guest's.
    if (bracket === undefined && this.#chips.tell(event) && !isQemus(input.info.recorder)) return;
    if (bracket !== undefined && isSnapshot(event)) {
      if (!this.#quiet.around(event, bracket, this.#nextOfOthers(input))) return;
    } else this.#quiet.happened(event, bracket);
    const { due } = input;
    if (this.#late.begins(event, input)) this.#pass(lostBefore(event), undefined, due);
    if (this.#ended.length > 0) this.#sayEnds(due);
    this.#compare(event, bracket, input);
    if (event.ns > this.#underWay.quietUntil) for (const extra of this.#underWay.before(event)) this.#pass(extra, undefined, due);
    this.#pass(event, bracket, due);
  }

  /** Does another stream tell every event of the kind? One that has come to its end tells no more. */
  #tellsAlso({ kind, ns }: Event, input: Input): boolean {
    const whole = this.#whole.get(kind);
    return whole !== undefined && whole !== input && (whole.head !== undefined || ns <= whole.last + STAMP_ERROR);
  }

  /** When another stream tells the next thing that is no snapshot, at the earliest. */
  #nextOfOthers(input: Input): number {
    let next = Infinity;
    for (const other of this.#inputs) {
      if (other === input || other.head === undefined) continue;
      const { coming } = other;
      const event = coming.find((each) => !isSnapshot(each)) ?? coming.at(-1) ?? other.head;
      next = Math.min(next, event.ns);
    }
    return next;
  }

  /** Shows the event to the check of the clocks. */
  #compare(event: Event, bracket: Bracket | undefined, input: Input): void {
    if (bracket === undefined) {
      if (isShared(event)) this.#checks.get(input)?.line(event);
      return;
    }
    this.#log = input;
    for (const [other, check] of this.#checks) if (other !== input) check.call(event, bracket);
  }

  #pass(event: Event, bracket: Bracket | undefined, due: number): void {
    if (this.#shared.idle && bracket === undefined) this.#out.push(event);
    else this.#shared.put(event, bracket, due, this.#out);
  }

  async #fetch(input: Input): Promise<void> {
    await input.fetch();
    input.arrive();
    this.#arrived(input);
    if (input.head !== undefined) return;
    this.#checkSpan(input);
    this.#ended.push(input);
  }

  /** Where a stream has ended and others go on, what it does not show proves nothing any more. */
  #sayEnds(now: number): void {
    for (const { last, stream } of this.#ended) {
      if (now <= last) continue;
      this.#out.push({ seq: 0, ns: now, on: -1, tid: -1, stream, at: 0, name: 'meta.chan', kind: 'meta.chan', chan: '*', cover: 'partial' });
    }
    this.#ended = this.#ended.filter(({ last }) => now <= last);
  }

  #arrived(input: Input): void {
    if (isQemus(input.info.recorder)) this.#chips.arrived(input.coming);
    for (const event of input.coming) {
      if (!replaces(event)) continue;
      const bracket = bracketOf(event);
      if (bracket !== undefined) this.#underWay.add(event, bracket);
    }
  }

  #checkClocks(): void {
    for (const [input, check] of this.#checks) {
      const distance = check.distance();
      if (distance === undefined || this.#log === undefined) continue;
      const side = distance > 0 ? 'ahead of' : 'behind';
      const found = `times that run ${(Math.abs(distance) / 1e6).toFixed(3)} ms ${side} those of ${this.#log.info.file}`;
      throw new TraceError(input.info.file, input.head?.at ?? input.info.lines, found, `the same clock (${HOW_TO_RECORD})`);
    }
  }

  /**
   * A stream that shares no time with any other has its own clock, or is of another run, and is refused. If they lie close together they may be
   * what a cut left of one run: then nothing known from the one is used with the other.
   */
  #checkSpan(ended: Input): void {
    const others = this.#inputs.filter((input) => input !== ended && input.isTimed && input.head !== undefined);
    const [other] = others;
    if (other === undefined || !ended.isTimed || others.some((input) => input.first <= ended.last && ended.first <= input.last)) return;
    for (const input of others) for (const event of input.coming) this.#compare(event, bracketOf(event), input);
    this.#checkClocks();
    const gap = Math.min(...others.map((input) => Math.abs(input.first - ended.last)));
    if (gap <= NEAR) {
      const { stream, at } = other.head ?? { stream: 0, at: 0 };
      this.#out.push({ seq: 0, ns: other.first, on: -1, tid: -1, stream, at, name: 'meta.start', kind: 'meta.start', state: 'unknown' });
      return;
    }
    const found = `times from ${this.#seconds(other.first)} to ${this.#seconds(other.last)} s`;
    const expected = `times that overlap those of ${ended.info.file}, ${this.#seconds(ended.first)} to ${this.#seconds(ended.last)} s (${HOW_TO_RECORD})`;
    throw new TraceError(other.info.file, other.head?.at ?? other.info.lines, found, expected);
  }

  #seconds(ns: number): string {
    return (Number(this.#base) / 1e9 + ns / 1e9).toFixed(6);
  }
}
