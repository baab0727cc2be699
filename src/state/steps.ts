// What a few events of a recording did to the machine: the state that each changed, from before it to after it.

import { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import { changesBetween, type Change } from './changes.js';
import type { Row } from './row.js';
import { stateOf, vectorState } from './tables.js';

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

  readonly #thing: string;

  /** `thing`: what it is about, told of in more detail. */
  constructor(seqs: readonly number[], thing: string) {
    this.#thing = thing;
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
    const before = this.#state();
    this.#replay.feed([event]);
    this.steps.push({ event, changes: changesBetween(before, this.#state()) });
  }

  #state(): Row[] {
    const { machine } = this.#replay;
    return [...vectorState(machine, this.#thing), ...stateOf(machine)];
  }
}
