// What the models of Intel's Gigabit Ethernet print of their interrupts: e1000e and, since QEMU 8.0, igb, whose lines are the same. None of them names
// the function. QEMU 7.2 and 10.0 hw/net/e1000e_core.c, 10.0 hw/net/igb_core.c, igbvf.c.

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { PciFunction } from './pci-function.js';
import type { PciSpace } from './pci.js';

/** Models that have a pin. */
const WIRED = ['e1000e', 'igb'];
/** With the virtual functions of an igb, for which it signals. */
const MODELS = [...WIRED, 'igbvf'];
/** Causes that have vectors of their own: RXQ0 to OTHER. */
const VECTOR_CAUSES = 0x1f0_0000;
/** Size of the registers of a function and PBACLR in them: it clears the Pending bits it names, and no line says so. That of a virtual function clears those of the physical one. */
const PHYSICAL = { size: 0x2_0000, pbaclr: 0x5b68 };
const VIRTUAL = { size: 0x4000, pbaclr: 0xf04 };
/** PBACLR has as many bits. */
const VECTORS = 5;
/** Causes of an igb beyond its own vectors signal nothing unless a virtual function has them. */
const IGB_VECTORS = 10;
/** Offset of the data port by which all registers can be written. */
const IODATA = 4;

/** A vector fires at once, or later by a timer that throttles it: two lines, of which the log may have one alone. */
type Fire = 'notify' | 'postponed';

export class E1000e {
  readonly #journal: Journal;
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;
  /** Which lines of fires have been seen. */
  readonly #fires = new Set<Fire>();
  /** Functions that have been told to use all their vectors. */
  readonly #users = new Set<PciFunction>();
  /** A line has told of a Pending bit that is cleared: none goes without one. */
  #showsClears = false;

  constructor(journal: Journal, { pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#journal = journal;
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
  }

  /** e1000e_msix_notify_one, igb_msix_notify and their throttling timers call msix_notify: the message comes at once, or the Pending bit is set. */
  fires(row: number, how: Fire): void {
    const fn = this.#msix.firing(MODELS);
    if (fn !== undefined) this.#note(fn, how);
    if (fn?.device !== 'igb') this.#msix.fires(MODELS, row);
    else if (row < IGB_VECTORS) {
      // Nothing but PBACLR clears its Pending bits.
      this.#msix.showsReasons();
      this.#msix.fires(MODELS, row);
    }
  }

  /** e1000e_set_ims: the one place, but for PBACLR, that clears Pending bits; each of them has a line beside this one, which may not be recorded. */
  unmasks(causes: number): void {
    this.#msix.showsReasons();
    const isOn = this.#pci.shown('e1000e').some((fn) => fn.msixEnabled !== false);
    if ((causes & VECTOR_CAUSES) !== 0 && isOn && !this.#showsClears) this.#mayClear();
  }

  withdraws(row: number): void {
    this.#showsClears = true;
    this.#msix.showsReasons();
    this.#msix.withdraws(MODELS, row);
  }

  /** A register by its place in memory. PBACLR does nothing while MSI-X is off. */
  accessed({ write, addr, value, region }: Access): void {
    const { size, pbaclr } = region === 'igbvf-mmio' ? VIRTUAL : PHYSICAL;
    if (!write || addr % size !== pbaclr) return;
    const enabled = this.#msix.firing(MODELS)?.msixEnabled;
    if (enabled === false) return;
    for (let row = 0; row < VECTORS; row++) if (((value >>> row) & 1) === 1) this.#msix.withdraws(MODELS, row, enabled === true ? undefined : 1);
  }

  /** A register by the pair of ports: which one is not followed. */
  portAccessed({ write, addr }: Access): void {
    if (write && addr % (2 * IODATA) === IODATA) this.#mayClear();
  }

  /** e1000e_irq_legacy_notify comes before each call of pci_set_irq. */
  sets(level: 0 | 1): void {
    const fn = this.#pci.only(...WIRED);
    if (fn === undefined) this.#intx.someSets(this.#pci.shown(...WIRED), level);
    else this.#intx.sets(fn, level);
  }

  #mayClear(): void {
    for (let row = 0; row < VECTORS; row++) this.#msix.withdraws(MODELS, row, 1);
  }

  /** It declares all its vectors used when it is made, and keeps them. */
  #note(of: PciFunction, how: Fire): void {
    const use_tracking = this.#users.has(of) ? undefined : 0;
    const isNew = !this.#fires.has(how);
    this.#users.add(of);
    this.#fires.add(how);
    if (isNew || use_tracking === 0) this.#journal.say({ kind: 'meta.cfg', fn: of.name, use_tracking, unseen_fires: this.#fires.size === 1 ? 1 : 0 });
  }
}
