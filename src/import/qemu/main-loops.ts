// Work that QEMU's main loop still has to do: an eventfd was signalled, its handler runs in a later round. No line tells when it has run; but a loop
// that serves the guest's accesses, too, has served in between what was due before (qtest; GLib dispatches all that is ready in a round).

import type { PciFunction } from './pci-function.js';

/** The first access may come in the round of the signal itself, the second before its turn in the next. */
const SERVED_AFTER = 3;

export class MainLoops {
  readonly #waiting = new Map<PciFunction, { readonly tid: number; accesses: number }>();

  wait(fn: PciFunction, tid: number): void {
    if (!this.#waiting.has(fn)) this.#waiting.set(fn, { tid, accesses: 0 });
  }

  delete(fn: PciFunction): void {
    this.#waiting.delete(fn);
  }

  clear(): void {
    this.#waiting.clear();
  }

  /** Functions whose work the thread has done, as it serves one more access. */
  served(tid: number): PciFunction[] {
    const done: PciFunction[] = [];
    for (const [fn, waiting] of this.#waiting) {
      if (waiting.tid !== tid || ++waiting.accesses < SERVED_AFTER) continue;
      this.#waiting.delete(fn);
      done.push(fn);
    }
    return done;
  }
}
