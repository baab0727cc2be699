// What the nvme model prints of its interrupts; those lines do not name the function. QEMU 7.2 hw/nvme/ctrl.c.

import type { Access } from './access.js';
import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { PciSpace } from './pci.js';

const MODELS = ['nvme'];
/** The vector of the admin queue. */
const ADMIN = 0;
/** Controller registers (NVM Express Base 3.1): Interrupt Mask Set and Clear, Controller Configuration, NVM Subsystem Reset, tail of the admin queue. */
const REGISTER = { intms: 0x0c, intmc: 0x10, cc: 0x14, nssr: 0x20, admin: 0x1000 } as const;
const ENABLE = 1;

export class Nvme {
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;

  constructor({ pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
  }

  /**
   * A reset frees the completion queues and gives their vectors back (nvme_ctrl_reset), and so may a command of the admin queue, before a line tells that it
   * is done; a write of the masks sets the wire anew (nvme_irq_check).
   */
  accessed({ write, addr, value }: Access): void {
    const fn = write ? this.#pci.at(addr) : undefined;
    const offset = fn?.offsetIn(0, addr);
    if (fn === undefined || offset === undefined) return;
    if (offset === REGISTER.intms || offset === REGISTER.intmc) this.#intx.doubts(fn);
    else if (offset === REGISTER.nssr || offset === REGISTER.admin || (offset === REGISTER.cc && (value & ENABLE) === 0)) this.#msix.releases(fn);
  }

  /** A command of the admin queue may have deleted completion queues, which gives their vectors back: of which function has to be known. It clears no Pending bit otherwise. */
  fires(row: number): void {
    const fn = this.#msix.firing(MODELS);
    if (fn === undefined) this.#msix.withdraws(MODELS, row);
    else this.#msix.showsReasons();
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
