// What the nvme model prints of its interrupts; those lines do not name the function. QEMU 7.2 hw/nvme/ctrl.c.

import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { PciSpace } from './pci.js';

const MODELS = ['nvme'];
/** The vector of the admin queue. */
const ADMIN = 0;

export class Nvme {
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;

  constructor({ pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
  }

  /** A command of the admin queue may have deleted completion queues, which gives their vectors back. It clears no Pending bit otherwise. */
  fires(row: number): void {
    this.#msix.showsReasons();
    const fn = this.#msix.firing(MODELS);
    if (row === ADMIN && fn !== undefined) this.#msix.releases(fn);
    this.#msix.fires(MODELS, row);
  }

  /** Printed for each completion, also where INTMS masks it; no line tells when the queue is empty again. */
  pulses(): void {
    const fn = this.#pci.only(...MODELS);
    if (fn === undefined) this.#intx.someSets(this.#pci.shown(...MODELS), 0, 1);
    else this.#intx.mayPulse(fn);
  }
}
