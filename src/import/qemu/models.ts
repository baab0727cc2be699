// What single device models print of their interrupts, e1000e and nvme; those lines do not name the function. QEMU 7.2 hw/net/e1000e_core.c, hw/nvme/ctrl.c.

import type { Journal } from '../kvm/journal.js';
import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { PciSpace } from './pci.js';

/** The vector of nvme's admin queue. */
const ADMIN = 0;

export class Models {
  readonly #journal: Journal;
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;
  /** It has been told that withdrawn reasons are shown, and that an e1000e uses all its vectors. */
  #declared = false;
  #used = false;

  constructor(journal: Journal, { pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#journal = journal;
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
  }

  /** e1000e_msix_notify_one calls msix_notify: the message comes at once, or the Pending bit is set. */
  e1000eFires(row: number): void {
    this.#use();
    this.#msix.fires('e1000e', row);
  }

  /** Any other of its lines: those that clear Pending bits are recorded, too. */
  e1000eShown(): void {
    this.#declare();
  }

  e1000eWithdraws(row: number): void {
    this.#declare();
    this.#msix.withdraws('e1000e', row);
  }

  /** A command of the admin queue may have deleted completion queues, which gives their vectors back. */
  nvmeFires(row: number): void {
    this.#declare();
    const fn = this.#msix.firing('nvme');
    if (row === ADMIN && fn !== undefined) this.#msix.releases(fn);
    this.#msix.fires('nvme', row);
  }

  /** e1000e_irq_legacy_notify comes before each call of pci_set_irq. */
  e1000eSets(level: 0 | 1): void {
    const fn = this.#pci.only('e1000e');
    if (fn === undefined) this.#intx.someSets(this.#pci.shown('e1000e'), level);
    else this.#intx.sets(fn, level);
  }

  /** Printed for each completion, also where INTMS masks it; no line tells when the queue is empty again. */
  nvmePulses(): void {
    const fn = this.#pci.only('nvme');
    if (fn === undefined) this.#intx.someSets(this.#pci.shown('nvme'), 0, 1);
    else this.#intx.mayPulse(fn);
  }

  #declare(): void {
    if (this.#declared) return;
    this.#declared = true;
    this.#journal.say({ kind: 'meta.chan', chan: 'msix.reason.clear', cover: 'full' });
  }

  /** e1000e declares all its vectors used when it is made, and keeps them. */
  #use(): void {
    const fn = this.#used ? undefined : this.#msix.firing('e1000e')?.name;
    if (fn === undefined) return;
    this.#used = true;
    this.#journal.say({ kind: 'meta.cfg', fn, use_tracking: 0 });
  }
}
