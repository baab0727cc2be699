// What the lives of a recording add up to, per thing they passed: time per hop, merged ones, those that vanished.

import { Durations } from './durations.js';
import { HOPS, type HopName, type Life } from './life.js';

/** Things told apart at most; the lives of further ones count in no table of their own. */
const MAX_THINGS = 65_536;

export interface HopTimes {
  readonly from: HopName;
  readonly to: HopName;
  readonly times: Durations;
}

export class ThingTally {
  /** Lives that passed it, those that ended, merged into another, vanished, were cut off by a loss. */
  lives = 0;
  ended = 0;
  merged = 0;
  vanished = 0;
  unseen = 0;
  /** The last hop of lives that were still open at the recording's end. */
  readonly open = new Map<HopName, number>();
  readonly whole = new Durations();
  readonly #hops = new Map<string, HopTimes>();

  add(life: Life): void {
    this.lives++;
    if (life.fate === 'merged') this.merged++;
    if (life.fate === 'vanished') this.vanished++;
    if (life.fate === 'unseen') this.unseen++;
    if (life.fate === 'open' && life.last !== undefined) this.open.set(life.last, (this.open.get(life.last) ?? 0) + 1);
    if (life.fate === 'ended') {
      this.ended++;
      this.#time(life);
    }
  }

  /** In the order of an interrupt's way. */
  hops(): HopTimes[] {
    return [...this.#hops.values()].sort((a, b) => HOPS.indexOf(a.from) - HOPS.indexOf(b.from) || HOPS.indexOf(a.to) - HOPS.indexOf(b.to));
  }

  #time({ hops }: Life): void {
    const first = hops[0];
    const last = hops.at(-1);
    if (first === undefined || last === undefined || first === last) return;
    for (const [i, hop] of hops.entries()) {
      const before = hops[i - 1];
      if (before !== undefined) this.#between(before.name, hop.name).add(hop.event.ns - before.event.ns);
    }
    this.whole.add(last.event.ns - first.event.ns);
  }

  #between(from: HopName, to: HopName): Durations {
    const key = `${from} ${to}`;
    let known = this.#hops.get(key);
    if (known === undefined) this.#hops.set(key, (known = { from, to, times: new Durations() }));
    return known.times;
  }
}

export class Tally {
  readonly all = new ThingTally();
  readonly things = new Map<string, ThingTally>();

  add(life: Life): void {
    this.all.add(life);
    for (const mark of life.marks) this.#thing(mark)?.add(life);
  }

  #thing(mark: string): ThingTally | undefined {
    let thing = this.things.get(mark);
    if (thing === undefined && this.things.size < MAX_THINGS) this.things.set(mark, (thing = new ThingTally()));
    return thing;
  }
}
