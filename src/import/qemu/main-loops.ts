// Work that QEMU's main loop still has to do: an eventfd was signalled, its handler runs in a later round. No line tells when it has run; but a loop
// that serves the guest's accesses, too, has served in between what was due before (qtest; GLib dispatches all that is ready in a round).

import type { PciFunction } from './pci-function.js';

/** The first access may come in the round of the signal itself, the second before its turn in the next. */
export const SERVED_AFTER = 3;

interface Waiting {
  readonly tid: number;
  accesses: number;
  /** The guest has read its status since it asked. */
  read: boolean;
}

export class MainLoops {
  readonly #waiting = new Map<PciFunction, Waiting>();

  /** The function has asked; what it asked for before is done with that. */
  wait(fn: PciFunction, tid: number): void {
    this.#waiting.set(fn, { tid, accesses: 0, read: false });
  }

  /** The other functions whose work may still be to do. */
  others(fn: PciFunction): PciFunction[] {
    return [...this.#waiting].flatMap(([other, { accesses }]) => (other !== fn && accesses < SERVED_AFTER ? [other] : []));
  }

  /** The guest reads its status; true if all that it asked for is done. */
  answered(fn: PciFunction): boolean {
    const waiting = this.#waiting.get(fn);
    if (waiting === undefined) return true;
    waiting.read = true;
    if (waiting.accesses < SERVED_AFTER) return false;
    this.#waiting.delete(fn);
    return true;
  }

  delete(fn: PciFunction): void {
    this.#waiting.delete(fn);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Functions that have asserted by what the thread has done, whether a line shows it or not, as it serves one more access. */
  served(tid: number): PciFunction[] {
    const done: PciFunction[] = [];
    for (const [fn, waiting] of this.#waiting) {
      if (waiting.tid === tid && ++waiting.accesses === SERVED_AFTER && !waiting.read) done.push(fn);
    }
    return done;
  }
}
