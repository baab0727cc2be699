// GICD_CTLR of QEMU's GICs, as it was written or read last. Arm IHI 0048B, GICD_CTLR; IHI 0069, 12.9.4.

import { bitOf } from '../../bit-of.js';
import type { GicTeller } from './gic-teller.js';

export class GicControl {
  readonly #gic: GicTeller;
  #value: number | undefined;
  /** It has been read since it was told last. */
  #isRead = false;

  constructor(gic: GicTeller) {
    this.#gic = gic;
  }

  forget(): void {
    this.#value = undefined;
  }

  written(value: number): void {
    this.#value = value;
    this.#isRead = false;
  }

  /** Tells what is read behind a write; true if it is something else, which must have been written unseen. Read over and over, it tells nothing new. */
  read(value: number): boolean {
    const isNew = value !== this.#value;
    if (isNew || !this.#isRead) this.#gic.tell('ctlr', { grp0: bitOf(value, 0), grp1: bitOf(value, 1) });
    this.#value = value;
    this.#isRead = true;
    return isNew;
  }
}
