// Work that QEMU's main loop still has to do: an eventfd was signalled, its handler runs in a later round. No line tells when it has run; but a loop
// that serves the guest's accesses, too, has served in between what was due before (qtest; GLib dispatches all that is ready in a round).

import type { PciFunction } from './pci-function.js';

/** The first access may come in the round of the signal itself, the second before its turn in the next. */
const SERVED_AFTER = 3;

interface Waiting {
  readonly tid: number;
  accesses: number;
  /** The guest has read its status since it asked. */
  read: boolean;
  /** Interrupt Disable kept it from its line, which has not been high since. */
  hidden: boolean;
}

export class MainLoops {
  readonly #waiting = new Map<PciFunction, Waiting>();

  /** The function has asked; what it asked for before is done with that. */
  wait(fn: PciFunction, tid: number, hidden: boolean): void {
    this.#waiting.set(fn, { tid, accesses: 0, read: false, hidden });
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

  /** The line of these functions is high: a wire that rises may be among what holds it. */
  rose(isOn: (fn: PciFunction) => boolean): void {
    for (const [fn, waiting] of this.#waiting) if (fn.intxDisabled !== true && isOn(fn)) waiting.hidden = false;
  }

  /** Functions that have asserted with no line to show it, by what the thread has done, as it serves one more access. */
  served(tid: number): PciFunction[] {
    const done: PciFunction[] = [];
    for (const [fn, waiting] of this.#waiting) {
      if (waiting.tid === tid && ++waiting.accesses === SERVED_AFTER && waiting.hidden && !waiting.read) done.push(fn);
    }
    return done;
  }
}
