// QEMU's ITS (hw/intc/arm_gicv3_its.c of 7.2): what a device or a command asks is printed first, then the table entry it looks up.

import { intid, type Intid } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';
import type { QemuGicv3 } from './gicv3.js';

/** What becomes of an interrupt whose table entry is looked up; `message`: a device's write to GITS_TRANSLATER asks for it. */
export type ItsEffect = 'message' | 'sets' | 'clears' | 'none' | 'unknown';

export class QemuIts {
  readonly #gic: GicTeller;
  readonly #gicv3: QemuGicv3;
  /** What a thread's line announces of the entry that is looked up next. */
  #lookUp: { readonly tid: number; readonly effect: ItsEffect } | undefined;

  /** LPIs that have been told of. */
  readonly #lpis = new Set<Intid>();

  constructor(gic: GicTeller, gicv3: QemuGicv3) {
    this.#gic = gic;
    this.#gicv3 = gicv3;
  }

  /** Lines are missing: the next entry may belong to one of them. */
  forget(): void {
    this.#lookUp = undefined;
  }

  /** A line before that of the table entry that it looks up. */
  asked(effect: ItsEffect): void {
    this.#lookUp = { tid: this.#gic.journal.tid, effect };
  }

  /** MAPC or MOVALL: what is pending stays with a redistributor, or goes to one, that is not the one where it becomes pending next. */
  moved(): void {
    for (const id of this.#lpis) this.#gic.tell('route', { id });
  }

  /** An Interrupt Table Entry. Whether its LPI is enabled stands in memory. */
  entry(valid: number, physical: number, id: number): void {
    // One look-up for each: the next may belong to a command whose own line is not recorded.
    const effect = this.#lookUp?.tid === this.#gic.journal.tid ? this.#lookUp.effect : 'unknown';
    this.#lookUp = undefined;
    if (valid === 0 || physical === 0 || effect === 'none') return;
    this.#gic.version(3);
    this.#lpis.add(intid(id));
    const val = effect === 'clears' && this.#gicv3.lpis === 1 ? 0 : undefined;
    this.#gic.tell('pend', { id: intid(id), val, msi: effect === 'message' ? 1 : undefined });
  }
}
