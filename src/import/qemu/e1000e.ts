// What the e1000e model prints of its interrupts; those lines do not name the function. QEMU 7.2 hw/net/e1000e_core.c.

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { PciFunction } from './pci-function.js';
import type { PciSpace } from './pci.js';

/** Causes that have vectors of their own: RXQ0 to OTHER. */
const VECTOR_CAUSES = 0x1f0_0000;
const REGISTERS = 0x2_0000;
/** PBACLR: clears the Pending bits it names, and no line says so. */
const PBACLR = 0x5b68;
const VECTORS = 5;
/** Offset of the data port by which all registers can be written. */
const IODATA = 4;

/** A vector fires at once, or later by a timer that throttles it: two lines, of which the log may have one alone. */
type E1000eFire = 'notify' | 'postponed';

export class E1000e {
  readonly #journal: Journal;
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;
  /** Which lines of fires have been seen. */
  readonly #fires = new Set<E1000eFire>();
  /** It has been told that the function uses all its vectors. */
  #isUsed = false;
  /** A line has told of a Pending bit that is cleared: none goes without one. */
  #showsClears = false;

  constructor(journal: Journal, { pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#journal = journal;
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
  }

  /** e1000e_msix_notify_one and its throttling timer call msix_notify: the message comes at once, or the Pending bit is set. */
  fires(row: number, how: E1000eFire): void {
    const fn = this.#msix.firing('e1000e');
    if (fn !== undefined) this.#note(fn, how);
    this.#msix.fires('e1000e', row);
  }

  /** e1000e_set_ims: the one place, but for PBACLR, that clears Pending bits; each of them has a line behind this one, which may not be recorded. */
  unmasks(causes: number): void {
    this.#msix.showsReasons();
    const isOn = this.#pci.shown('e1000e').some((fn) => fn.msixEnabled !== false);
    if ((causes & VECTOR_CAUSES) !== 0 && isOn && !this.#showsClears) this.#mayClear();
  }

  withdraws(row: number): void {
    this.#showsClears = true;
    this.#msix.showsReasons();
    this.#msix.withdraws('e1000e', row);
  }

  /** A register by its place in memory. */
  accessed({ write, addr, value }: Access): void {
    if (!write || addr % REGISTERS !== PBACLR) return;
    for (let row = 0; row < VECTORS; row++) if (((value >>> row) & 1) === 1) this.#msix.withdraws('e1000e', row);
  }

  /** A register by the pair of ports: which one is not followed. */
  portAccessed({ write, addr }: Access): void {
    if (write && addr % (2 * IODATA) === IODATA) this.#mayClear();
  }

  /** e1000e_irq_legacy_notify comes before each call of pci_set_irq. */
  sets(level: 0 | 1): void {
    const fn = this.#pci.only('e1000e');
    if (fn === undefined) this.#intx.someSets(this.#pci.shown('e1000e'), level);
    else this.#intx.sets(fn, level);
  }

  #mayClear(): void {
    for (let row = 0; row < VECTORS; row++) this.#msix.withdraws('e1000e', row, 1);
  }

  /** It declares all its vectors used when it is made, and keeps them. */
  #note({ name: fn }: PciFunction, how: E1000eFire): void {
    const use_tracking = this.#isUsed ? undefined : 0;
    const isNew = !this.#fires.has(how);
    this.#isUsed = true;
    this.#fires.add(how);
    if (isNew) this.#journal.say({ kind: 'meta.cfg', fn, use_tracking, unseen_fires: this.#fires.size === 1 ? 1 : 0 });
  }
}
