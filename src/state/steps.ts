// What a few events of a recording did to the machine: the state that each changed, from before it to after it.

import { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import { changesBetween, type Change } from './changes.js';
import { stateOf } from './tables.js';

export interface Step {
  readonly event: Event;
  readonly changes: readonly Change[];
}

/** Told of by their positions in the replayed order (`seq`), ascending; feed it the whole recording. */
export class Steps {
  readonly steps: Step[] = [];
  readonly #replay = new Replay({ rules: [] });
  readonly #wanted: ReadonlySet<number>;
  readonly #last: number;

  constructor(seqs: readonly number[]) {
    this.#wanted = new Set(seqs);
    this.#last = Math.max(...seqs);
  }

  /** True once the last of them is done. */
  get done(): boolean {
    return this.#replay.events > this.#last;
  }

  feed(events: readonly Event[]): void {
    let from = 0;
    for (let at = 0; at < events.length && !this.done; at++) {
      if (!this.#wanted.has(this.#replay.events + at - from)) continue;
      this.#replay.feed(events.slice(from, at));
      this.#take(events[at]);
      from = at + 1;
    }
    if (!this.done) this.#replay.feed(events.slice(from));
  }

  #take(event: Event | undefined): void {
    if (event === undefined) return;
    const before = stateOf(this.#replay.machine);
    this.#replay.feed([event]);
    this.steps.push({ event, changes: changesBetween(before, stateOf(this.#replay.machine)) });
  }
}
