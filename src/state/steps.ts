// What a few events of a recording did to the machine: the state that each changed, from before it to after it. A write or an EOI that takes
// effect some time after it was traced (Flights) is told with the state it leads to.

import type { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import { changesBetween, type Change } from './changes.js';
import type { Row } from './row.js';
import { stateOf, vectorState } from './tables.js';

export interface Step {
  readonly event: Event;
  readonly changes: readonly Change[];
}

type Cell = Change['cells'][number];

/** What the event did at once, and what it did when it took effect. */
function joined(atOnce: readonly Change[], landed: readonly Change[]): Change[] {
  const keyOf = ({ table, what }: Change): string => `${table} ${what}`;
  const late = new Map(landed.map((change) => [keyOf(change), change]));
  const both = atOnce.map((change) => {
    const later = late.get(keyOf(change));
    late.delete(keyOf(change));
    return later === undefined ? change : { ...change, cells: joinedCells(change.cells, later.cells) };
  });
  return [...both, ...late.values()].filter(({ cells }) => cells.length > 0);
}

function joinedCells(atOnce: readonly Cell[], landed: readonly Cell[]): Cell[] {
  const later = new Map(landed.map((cell) => [cell[0], cell]));
  const both = atOnce.map(([name, before, after]): Cell => [name, before, later.get(name)?.[2] ?? after]);
  const fresh = landed.filter(([name]) => !atOnce.some(([known]) => known === name));
  return [...both, ...fresh].filter(([, before, after]) => before !== after);
}

/** Told of by their positions in the replayed order (`seq`), ascending; feed it the whole recording. */
export class Steps {
  readonly steps: Step[] = [];
  readonly #replay: Replay;
  readonly #wanted: ReadonlySet<number>;
  readonly #last: number;
  readonly #thing: string;
  /** Steps that have not taken effect yet. */
  #underWay: number[] = [];

  /** `thing`: what it is about, told of in more detail; `replay`: without rules. */
  constructor(seqs: readonly number[], thing: string, replay: Replay) {
    this.#thing = thing;
    this.#replay = replay;
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
      const event = events[at];
      const isWanted = this.#wanted.has(this.#replay.events + at - from);
      if (event === undefined || (!isWanted && this.#underWay.length === 0)) continue;
      this.#replay.feed(events.slice(from, at));
      this.#land(event);
      if (isWanted) this.#take(event);
      else this.#replay.feed([event]);
      from = at + 1;
    }
    if (!this.done) this.#replay.feed(events.slice(from));
  }

  /** What the event shows to have taken effect. */
  #land(event: Event): void {
    const { flights } = this.#replay.machine.ctx;
    const before = this.#underWay.length > 0 ? this.#state() : [];
    flights.advance(event);
    const landed = this.#underWay.filter((at) => !flights.has(this.steps[at]?.event));
    if (landed.length === 0) return;
    const changes = changesBetween(before, this.#state());
    for (const at of landed) {
      const step = this.steps[at];
      if (step !== undefined) this.steps[at] = { ...step, changes: joined(step.changes, changes) };
    }
    this.#underWay = this.#underWay.filter((at) => !landed.includes(at));
  }

  #take(event: Event): void {
    const before = this.#state();
    this.#replay.feed([event]);
    this.steps.push({ event, changes: changesBetween(before, this.#state()) });
    if (this.#replay.machine.ctx.flights.has(event)) this.#underWay.push(this.steps.length - 1);
  }

  #state(): Row[] {
    const { machine } = this.#replay;
    return [...vectorState(machine, this.#thing), ...stateOf(machine)];
  }
}
