// Levels of lines that a thread has set and that its own next line may yet explain: a read prints what it does before itself.

import type { EventOf } from '../../event.js';

export type Line = EventOf<'intx.line'>;

/** Inputs of the IOAPIC alone: on a chipset that has them PCI lines come there first, and once more as an 8259's. */
export const FIRST_HIGH = 16;
/** A read's own line follows the levels that it sets closely; other threads' lines may come in between. */
const HELD_LINES = 100;

export class OpenLevels {
  readonly #levels = new Map<number, Line[]>();

  add(tid: number, event: Line): void {
    const levels = this.#levels.get(tid);
    if (levels === undefined) this.#levels.set(tid, [event]);
    else levels.push(event);
  }

  /** The thread has begun something else. */
  turn(tid: number): void {
    if (this.#levels.size > 0) this.#levels.delete(tid);
  }

  clear(): void {
    this.#levels.clear();
  }

  last(tid: number): Line | undefined {
    return this.#levels.get(tid)?.at(-1);
  }

  /** The latest level of this GSI, if it is no part of a chipset's setting all of them anew. */
  setOf(tid: number, gsi: number | undefined): Line | undefined {
    const levels = this.#levels.get(tid) ?? [];
    const at = levels.findLastIndex(({ line }) => line === String(gsi));
    const last = levels[at];
    const isAll = levels.slice(at + 1).some(({ line }) => Number(line) >= FIRST_HIGH);
    return isAll ? undefined : last;
  }

  /** The first of each thread, for those that began shortly before the line `now`; the others are given up, and `gone` is told. */
  recent(now: number, gone: (tid: number) => void): Line[] {
    const firsts: Line[] = [];
    for (const [tid, [first]] of this.#levels) {
      if (first !== undefined && now - first.at <= HELD_LINES) firsts.push(first);
      else {
        this.#levels.delete(tid);
        gone(tid);
      }
    }
    return firsts;
  }
}
