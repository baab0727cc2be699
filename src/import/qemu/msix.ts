// MSI-X of emulated functions: accesses of table and Pending Bit Array, fires, messages. QEMU hw/pci/msix.c; PCI Express Base 6.1.4, 7.7.2.
// All tables have one region name: which function one belongs to follows from its address in the BARs, else it is named after its MemoryRegion and
// stays apart, as its first row is not known either.

import { entry, type Entry } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import { isBehindIommu, type Messages } from './apic-msi.js';
import type { PciFunction, Range } from './pci-function.js';
import type { PciSpace } from './pci.js';

const FIELDS = ['addr', 'addr_hi', 'data', 'vc'] as const;
const ROW = 16;
/** A table has at most 2048 rows: within so many bytes no two have one number. */
const WINDOW = 0x1_0000;

export class MsixRegions {
  readonly #journal: Journal;
  readonly #pci: PciSpace;
  readonly #messages: Messages;
  /** Functions by the MemoryRegion of their table. */
  readonly #tables = new Map<number, PciFunction>();
  /** Tables whose function is not known, with an address in each. */
  readonly #strays = new Map<number, number>();
  /** Rows of a function that may be pending. */
  readonly #fired = new Map<PciFunction, Set<Entry>>();
  readonly #withheld = new Set<string>();
  #told = false;
  #showsReasons = false;
  #showsMessages = false;

  constructor(journal: Journal, pci: PciSpace, messages: Messages) {
    this.#journal = journal;
    this.#pci = pci;
    this.#messages = messages;
  }

  /** What the thread sends next are messages of the function, of this row if its cause is one row. */
  sends({ name: fn }: { readonly name: string }, row?: Entry): void {
    const send = (message: Access): void => {
      const iommu = isBehindIommu(message) ? 1 : undefined;
      this.#journal.say({ kind: 'msix.msg', fn, entry: row, addr: BigInt(message.addr), data: message.value, sure: 0, iommu });
    };
    const sender = { requester: requesterOf(fn), send };
    if (row === undefined) this.#messages.expect(sender);
    else this.#messages.expectOne(sender);
  }

  control(device: string, enable: 0 | 1, fmask: 0 | 1): void {
    const fn = this.#pci.control(device, enable, fmask);
    if (fn === undefined) this.#messages.expectNone();
    else this.sends(fn);
  }

  /** Accesses of memory are recorded, and the messages are some. */
  showsMessages(): void {
    if (this.#showsMessages) return;
    this.#showsMessages = true;
    this.#journal.say({ kind: 'meta.chan', chan: 'msix.msg', cover: 'full' });
  }

  /** msix_notify and msix_handle_mask_update send before they return. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#journal.say({ kind: 'meta.cfg', sync: 1 });
  }

  /** Returns the function, if that is known. */
  table({ mr, addr, write, value, size }: Access): PciFunction | undefined {
    this.#tell();
    const fn = this.#tableOf(mr, addr);
    const name = fn?.name ?? strayName(mr);
    const offset = fn?.tableAt === undefined ? addr % WINDOW : addr - fn.tableAt;
    const row = entry(Math.floor(offset / ROW));
    const field = FIELDS[(offset >> 2) & 3] ?? 'addr';
    const what = { fn: name, entry: row, field, val: BigInt(value) };
    const j = this.#journal;
    if (!write) {
      j.say({ kind: 'msix.read', ...what });
      return fn;
    }
    j.say({ kind: 'msix.write', len: size, ...what });
    if (field === 'vc' && (value & 1) === 0) this.sends({ name }, row);
    return fn;
  }

  pba({ addr, write, value, high }: Access): void {
    const fn = [...this.#pci.all()].filter((one) => one.hasPbaAt(addr));
    const [owner, other] = fn;
    if (owner?.pbaAt === undefined || other !== undefined) return;
    const j = this.#journal;
    if (write) j.say({ kind: 'msix.pba.write', fn: owner.name });
    else {
      const base = (addr - owner.pbaAt) * 8;
      for (let n = 0; n < 32; n++) if (((value >>> n) & 1) === 1) this.#note(owner, entry(base + n));
      j.say({ kind: 'msix.pba.read', fn: owner.name, base, val: (BigInt(high) << 32n) | BigInt(value) });
    }
  }

  /** One of the device models signals a vector. Its line does not name the function: it is told only if no other can be meant. */
  fires(devices: readonly string[], row: number): void {
    const fn = this.firing(devices);
    if (fn === undefined) this.hides();
    else this.fired(fn, entry(row));
  }

  /** A function signals a vector. */
  fired(fn: PciFunction, row: Entry): void {
    this.#fires(fn, row);
    this.sends(fn, row);
  }

  /** What the thread sends next may be of a function that is not known. */
  someSends(): void {
    this.#messages.expectNone();
  }

  /** Some function signals a vector. */
  hides(): void {
    this.someSends();
    this.#withhold('msix.fire');
  }

  /** The function must signal a vector now, or must have. */
  mustFire(fn: PciFunction, row: number): void {
    this.#fires(fn, entry(row), 1);
  }

  #fires(fn: PciFunction, row: Entry, due?: 1): void {
    this.#note(fn, row);
    this.#journal.say({ kind: 'msix.fire', fn: fn.name, entry: row, due });
  }

  /** The one function of device models; none while a table is in use that may be another one's. */
  firing(devices: readonly string[]): PciFunction | undefined {
    const fn = this.#pci.only(...devices);
    const isOthers = (addr: number): boolean => {
      const owner = this.#pci.at(addr);
      return owner !== undefined && !devices.includes(owner.device);
    };
    return fn?.tableAt !== undefined && [...this.#strays.values()].every(isOthers) ? fn : undefined;
  }

  /** The function may have released its vectors (QEMU msix_vector_unuse), and with them what was pending. */
  releases(fn: PciFunction): void {
    for (const vec of this.#fired.get(fn) ?? []) this.#journal.say({ kind: 'msix.unuse', fn: fn.name, vec });
    this.#fired.delete(fn);
  }

  /** A Pending bit is cleared because its reason has gone; `maybe`: or is not. */
  withdraws(devices: readonly string[], row: number, maybe?: 1): void {
    const fn = this.firing(devices);
    if (fn === undefined) this.#withhold('msix.reason.clear');
    else this.#journal.say({ kind: 'msix.reason.clear', fn: fn.name, entry: entry(row), maybe });
  }

  /** Reasons that go away have lines. */
  showsReasons(): void {
    if (this.#showsReasons || this.#withheld.has('msix.reason.clear')) return;
    this.#showsReasons = true;
    this.#journal.say({ kind: 'meta.chan', chan: 'msix.reason.clear', cover: 'full' });
  }

  /** An event of this kind is not told, as it may be of any function. */
  #withhold(chan: 'msix.fire' | 'msix.reason.clear'): void {
    if (this.#withheld.has(chan)) return;
    this.#withheld.add(chan);
    this.#journal.say({ kind: 'meta.chan', chan, cover: 'partial' });
  }

  /** Whatever had its table in the range is reset; without a range, everything. */
  resetStrays(range: Range | undefined): void {
    for (const [mr, addr] of this.#strays) {
      if (range !== undefined && (addr < range.addr || addr >= range.addr + range.size)) continue;
      this.#journal.say({ kind: 'pci.reset', fn: strayName(mr) });
    }
  }

  #note(fn: PciFunction, row: Entry): void {
    const rows = this.#fired.get(fn);
    if (rows === undefined) this.#fired.set(fn, new Set([row]));
    else rows.add(row);
  }

  #tableOf(mr: number, addr: number): PciFunction | undefined {
    const known = this.#tables.get(mr);
    if (known?.hasRowAt(addr) === true) return known;
    const [fn, other] = [...this.#pci.all()].filter((one) => one.hasRowAt(addr));
    if (fn === undefined || other !== undefined) {
      this.#tables.delete(mr);
      this.#strays.set(mr, addr);
      return undefined;
    }
    this.#tables.set(mr, fn);
    this.#strays.delete(mr);
    return fn;
  }
}

/** `0000:02:00.1` as a requester ID (PCI Express Base 2.2.6.2). */
function requesterOf(fn: string): number {
  const [, bus, slot, number] = /^0000:([\da-f]{2}):([\da-f]{2})\.([0-7])$/.exec(fn) ?? [];
  return bus === undefined ? Number.NaN : (Number(`0x${bus}`) << 8) | (Number(`0x${slot}`) << 3) | Number(number);
}

const strayName = (mr: number): string => `mr:0x${mr.toString(16)}`;
