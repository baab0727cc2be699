// Do a log of calls and a kernel trace have one clock? A call and its trace line lie within each other's times then; if most do not,
// but would all at one constant distance, they have not.

import type { Event } from '../event.js';
import type { Bracket } from '../import/ioctl/bracket.js';
import { highestOf, peaks, rivalOf, type Fit, type Peak } from './peaks.js';
import { isWithin } from './shared-calls.js';

interface Call {
  readonly signature: string;
  readonly bracket: Bracket;
}

/** How many calls of one signature there were, and how many had their trace line between their times. */
interface Tally {
  calls: number;
  answered: number;
}

/** Calls and trace lines that are kept: enough to see a constant distance, few enough to stay small. */
const MOST_CALLS = 32;
const MOST_LINES = 16_384;
const MOST_ALIKE = 2048;
const MOST_SIGNATURES = 256;
const FEWEST = 3;
const LEAST_CHANCE = 1e-3;
/** Nearer than this it may as well be the time something takes: a back end that answers each kick. */
const LEAST_DISTANCE = 1_000_000;
/** How far two clocks drift apart over the calls that are kept, and what rounding adds. */
const SLACK = 5000;
/** Distances this near are one: calls in a burst fit each other's lines. */
const NEIGHBOURHOOD = 200_000;
/** An eventfd_write may set off any message: which one only the routing table tells. */
export const ANY_MESSAGE = 'message';

/** For one trace, whatever log the calls come from. */
export class ClockCheck {
  readonly #tallies = new Map<string, Tally>();
  /** Calls whose trace line may still come. */
  #waiting: Call[] = [];
  readonly #unanswered: Call[] = [];
  readonly #lines = new Map<string, number[]>();
  #seen = 0;

  /** A call of the log. */
  call(event: Event, bracket: Bracket): void {
    const signature = signatureOf(event, true);
    const tally = signature === undefined ? undefined : this.#tallyOf(signature);
    if (signature === undefined || tally === undefined) return;
    tally.calls++;
    this.#waiting.push({ signature, bracket });
  }

  /** A line of the trace. */
  line(event: Event): void {
    if (++this.#seen > MOST_LINES && this.#waiting.length === 0) return;
    const signature = signatureOf(event, false);
    if (signature === undefined) return;
    this.#keep(signature, event.ns);
    if (event.kind === 'kvm.msi') this.#keep(ANY_MESSAGE, event.ns);
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((call) => this.#stillWaits(call, event, signature));
  }

  /** At the end: the distance of the two clocks if they are two, ns to add to the log's times. */
  distance(): number | undefined {
    for (const call of this.#waiting.splice(0)) this.#miss(call);
    return this.#mostUnanswered() ? commonDistance(this.#unanswered, this.#lines) : undefined;
  }

  /** Of the calls whose kind the trace shows. */
  #mostUnanswered(): boolean {
    let [calls, answered] = [0, 0];
    for (const [signature, tally] of this.#tallies) {
      if (!this.#lines.has(signature)) continue;
      calls += tally.calls;
      answered += tally.answered;
    }
    return calls - answered >= FEWEST && answered * 2 < calls;
  }

  #tallyOf(signature: string): Tally | undefined {
    const known = this.#tallies.get(signature);
    if (known !== undefined || this.#tallies.size >= MOST_SIGNATURES) return known;
    const tally = { calls: 0, answered: 0 };
    this.#tallies.set(signature, tally);
    return tally;
  }

  #stillWaits(call: Call, line: Event, signature: string): boolean {
    const isAnswer = call.signature === signature || (call.signature === ANY_MESSAGE && line.kind === 'kvm.msi');
    if (isAnswer && isWithin(line.ns, call.bracket)) {
      const tally = this.#tallies.get(call.signature);
      if (tally !== undefined) tally.answered++;
      return false;
    }
    if (line.ns < call.bracket.t1 + SLACK) return true;
    this.#miss(call);
    return false;
  }

  #miss(call: Call): void {
    if (this.#unanswered.length < MOST_CALLS) this.#unanswered.push(call);
  }

  #keep(signature: string, ns: number): void {
    let lines = this.#lines.get(signature);
    if (lines === undefined) {
      if (this.#lines.size >= MOST_SIGNATURES) return;
      this.#lines.set(signature, (lines = []));
    }
    if (lines.length < MOST_ALIKE) lines.push(ns);
  }
}

/** What a call and its trace line have in common; undefined if the event is neither. */
export function signatureOf(event: Event, isCall: boolean): string | undefined {
  if (event.kind === 'kvm.set_irq') return event.source === 0 ? `irq ${event.gsi} ${event.level}` : undefined;
  if (event.kind === 'kvm.msi') return `msi ${event.dst} ${event.vec}`;
  return isCall && event.kind === 'efd.signal' ? ANY_MESSAGE : undefined;
}

/** The distance at which most calls would have a line between their times, if there is exactly one and chance does not explain it. */
function commonDistance(calls: readonly Call[], lines: ReadonlyMap<string, readonly number[]>): number | undefined {
  const judged = calls.filter(({ signature }) => lines.has(signature));
  const all = peaksOf(judged, lines);
  const highest = highestOf(all);
  // What happens at a steady pace fits itself at many distances.
  const rival = rivalOf(all, highest, NEIGHBOURHOOD);
  if (highest.items < FEWEST || highest.items * 2 <= judged.length || rival * 2 > highest.items) return undefined;
  return byChance(highest.items, judged, lines) < LEAST_CHANCE ? highest.at + SLACK : undefined;
}

/** Each call fits at the distances of each line that is alike. */
function peaksOf(calls: readonly Call[], lines: ReadonlyMap<string, readonly number[]>): Peak[] {
  const fits: Fit[] = [];
  for (const [item, { signature, bracket }] of calls.entries()) {
    for (const ns of lines.get(signature) ?? []) {
      if (Math.abs(ns - bracket.t0) < LEAST_DISTANCE) continue;
      fits.push({ item, from: ns - bracket.t1 - SLACK, to: ns - bracket.t0 + SLACK });
    }
  }
  return peaks(fits, calls.length);
}

/** How many distances, if lines came at random, would fit as many calls: each pair of a call and a line is tried, the others fit or not. */
function byChance(fitting: number, calls: readonly Call[], lines: ReadonlyMap<string, readonly number[]>): number {
  const times = [...lines.values()].flat();
  const span = times.reduce((last, ns) => Math.max(last, ns), -Infinity) - times.reduce((first, ns) => Math.min(first, ns), Infinity);
  let pairs = 0;
  let fits = 0;
  for (const { signature, bracket } of calls) {
    const alike = lines.get(signature)?.length ?? 0;
    pairs += alike;
    fits += Math.min(1, (alike * (bracket.t1 - bracket.t0 + 2 * SLACK)) / span);
  }
  let chance = pairs;
  for (let k = 1; k < fitting; k++) chance *= ((fits / calls.length) * (calls.length - k)) / k;
  return chance;
}
