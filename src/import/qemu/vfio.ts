// Functions of the host's that QEMU hands to the guest. Its lines name them as the host does, accesses as the guest does: which is which shows where a line
// falls within an access of the function. QEMU hw/vfio/pci.c.

import type { FieldTypes } from '../../field-types.js';
import { entry } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { MsixTable, PciFunction } from './pci-function.js';
import type { PciSpace } from './pci.js';

type Mode = FieldTypes['vfiomode'];

/** An interrupt that QEMU takes and hands on itself. */
interface Taken {
  /** Of the MSI-X table, or which of its MSI messages. */
  readonly row: number;
  readonly addr: bigint;
  readonly data: number;
}

export class VfioFunctions {
  readonly #journal: Journal;
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;
  /** The assigned function that each thread accesses. */
  readonly #accessed = new Map<number, PciFunction>();
  /** The guest's functions by the host's names. */
  readonly #functions = new Map<string, PciFunction>();
  readonly #tables = new Map<string, MsixTable>();
  readonly #modes = new Map<string, Mode>();
  /** Functions with an INTx that QEMU has taken and not ended. */
  readonly #taken = new Set<string>();

  constructor(journal: Journal, { pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#journal = journal;
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
  }

  lost(): void {
    this.#accessed.clear();
    this.#modes.clear();
    this.#taken.clear();
  }

  /** The thread at hand accesses a function: what it prints until it turns to something else is of that one. */
  accesses(fn: PciFunction | undefined): void {
    if (fn?.isAssigned === true) this.#accessed.set(this.#journal.tid, fn);
  }

  /** The thread at hand turns to something else. */
  turn(): void {
    if (this.#accessed.size > 0) this.#accessed.delete(this.#journal.tid);
  }

  /** vfio_msix_early_setup: where its MSI-X table is. */
  setUp(dev: string, table: MsixTable): void {
    this.#tables.set(dev, table);
  }

  /**
   * A register is read through QEMU, which ends the INTx that it has taken before the line of the read. One that fails, as a function that sleeps has it, reads as ones and ends
   * nothing (vfio_region_read).
   */
  accessed({ write, region, value, high, size }: Access): void {
    const dev = region.slice(0, region.indexOf(' '));
    const failed = value === (size < 4 ? 2 ** (8 * size) : 2 ** 32) - 1 && (size < 8 || high === value);
    if (!write && !failed && this.#taken.has(dev)) this.#journal.say({ kind: 'vfio.access', dev });
  }

  /** A line that says nothing but whose it is. */
  names(dev: string): void {
    this.#of(dev);
  }

  on(dev: string, mode: Mode): void {
    this.#of(dev);
    this.#modes.set(dev, mode);
    this.#journal.say({ kind: 'vfio.on', dev, mode });
  }

  /** What was pending goes, as its vectors are given back; a wire that was up has fallen before. */
  off(dev: string, mode: Mode): void {
    const fn = this.#of(dev);
    // What comes in its place may be on already.
    if (this.#modes.get(dev) === mode) this.#modes.delete(dev);
    if (mode === 'intx') this.#taken.delete(dev);
    this.#journal.say({ kind: 'vfio.off', dev, mode });
    if (fn === undefined) return;
    if (mode === 'msix') this.#msix.releases(fn);
    else if (mode === 'intx') this.#intx.fallen(fn);
  }

  fast(dev: string): void {
    const fn = this.#of(dev);
    this.#taken.delete(dev);
    this.#journal.say({ kind: 'vfio.fast', dev });
    if (fn !== undefined) this.#intx.fallen(fn);
  }

  slow(dev: string): void {
    this.#of(dev);
    this.#journal.say({ kind: 'vfio.slow', dev });
  }

  /** vfio_intx_update: what follows may have the wire fall, before it says so. */
  moves(dev: string): void {
    const fn = this.#of(dev);
    this.#intx.someSets(fn === undefined ? this.#assigned() : [fn], 0);
  }

  takes(dev: string): void {
    this.#taken.add(dev);
    this.#journal.say({ kind: 'vfio.take', dev });
    this.#wire(dev, 1);
  }

  ends(dev: string): void {
    this.#taken.delete(dev);
    this.#journal.say({ kind: 'vfio.end', dev });
    this.#wire(dev, 0);
  }

  uses(dev: string, row: number): void {
    this.#journal.say({ kind: 'vfio.use', dev, entry: entry(row), asked: this.#isAccessed(this.#of(dev)) });
  }

  releases(dev: string, row: number): void {
    this.#journal.say({ kind: 'vfio.release', dev, entry: entry(row), asked: this.#isAccessed(this.#of(dev)) });
  }

  shows(dev: string, val: 0 | 1): void {
    this.#of(dev);
    this.#journal.say({ kind: 'vfio.pba', dev, val });
  }

  /** vfio_msi_interrupt calls msix_notify or msi_notify: the message comes at once, or the Pending bit is set. */
  sends(dev: string, { row, addr, data }: Taken): void {
    const fn = this.#of(dev);
    this.#journal.say({ kind: 'vfio.msi', dev, entry: entry(row), addr, data });
    if (fn === undefined) this.#msix.hides();
    else if (this.#modes.get(dev) === 'msix') this.#msix.fired(fn, entry(row));
  }

  resets(dev: string): void {
    const fn = this.#of(dev);
    if (fn !== undefined) this.#pci.reset(fn);
  }

  #isAccessed(fn: PciFunction | undefined): 1 | undefined {
    return fn !== undefined && this.#accessed.get(this.#journal.tid) === fn ? 1 : undefined;
  }

  #wire(dev: string, level: 0 | 1): void {
    const fn = this.#of(dev);
    if (fn === undefined) this.#intx.someSets(this.#assigned(), level);
    else this.#intx.sets(fn, level);
  }

  #assigned(): PciFunction[] {
    return [...this.#pci.all()].filter((fn) => fn.isAssigned);
  }

  #of(dev: string): PciFunction | undefined {
    const fn = this.#accessed.get(this.#journal.tid);
    const known = this.#functions.get(dev);
    if (fn === undefined || fn === known) return known;
    // Another may have been plugged there before.
    for (const [other, at] of this.#functions) if (at === fn) this.#functions.delete(other);
    this.#functions.set(dev, fn);
    const table = this.#tables.get(dev);
    if (table !== undefined) fn.setUp(table);
    this.#journal.say({ kind: 'meta.cfg', dev, fn: fn.name, msix_n: fn.rows, use_tracking: 0, unseen_fires: 1 });
    return fn;
  }
}
