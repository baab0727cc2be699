// One PCI function as its configuration space shows it: capabilities, Base Address Registers, where its MSI-X table lies.
// PCI Local Bus 3.0 6.1, 6.7, 6.8.2; PCI Express Base 7.5.3 (Device Control), 7.7.2 (MSI-X). QEMU logs no access size: values tell what they can.

import { tableOf } from './msix-layouts.js';

/** Bytes of the guest's address space. */
export interface Range {
  readonly addr: number;
  readonly size: number;
}

/** What a register of the MSI-X capability says: the BAR, and the offset in it. */
export interface Place {
  readonly bar: number;
  readonly offset: number;
}

/** Where its MSI-X capability lies, and its table. */
export interface MsixTable extends Place {
  readonly capability: number;
  readonly rows: number;
}

export const CAPABILITY = { power: 0x01, msi: 0x05, express: 0x10, msix: 0x11 } as const;

const CAPABILITIES_POINTER = 0x34;
const FIRST_CAPABILITY = 0x40;
const BUS_NUMBERS = 0x18;
/** Offset of Device Capabilities in the PCI Express capability, and Function Level Reset Capability in them. */
const DEVICE_CAPABILITIES = 4;
const RESET_CAPABLE = 0x1000_0000;
/** Device models that have it (pcie_cap_flr_init). */
const RESETTABLE = /^(?:nvme$|virtio-)/;
const ROW = 16;

export class PciFunction {
  /** `0000:00:04.0`. */
  readonly name: string;
  /** QEMU's name of the device model. */
  readonly device: string;
  readonly bus: number;
  /** Rows of the MSI-X table, once Message Control has been read. */
  rows: number | undefined;
  /** Interrupt Disable, if that is known. */
  intxDisabled: boolean | undefined;
  /** MSI-X Enable, if that is known. */
  msixEnabled: boolean | undefined;
  /** Where Mask Bits of its MSI capability are, if it has shown some. */
  msiMasks: number | undefined;
  /** Bridge Control as last seen. */
  bridgeControl: number | undefined;
  /** Does Device Control reset it? Device Capabilities tell, once they have been read. */
  resettable: boolean;
  /** Buses behind a bridge. */
  buses: { readonly from: number; readonly to: number } | undefined;
  #table: Place | undefined;
  #pba: Place | undefined;
  readonly #bars = new Map<number, Range>();
  readonly #pointers = new Set<number>();
  readonly #capabilities = new Map<number, number>();

  constructor(name: string, device: string, bus: number) {
    this.name = name;
    this.device = device;
    this.bus = bus;
    this.resettable = RESETTABLE.test(device);
  }

  /** One of the host's, by VFIO. */
  get isAssigned(): boolean {
    return this.device.startsWith('vfio-pci');
  }

  /** Where a capability begins. */
  capability(id: number): number | undefined {
    return this.#capabilities.get(id);
  }

  found(id: number, at: number): void {
    this.#capabilities.set(id, at);
  }

  /** Guest address of the table and of the Pending Bit Array, as far as it is known. */
  get tableAt(): number | undefined {
    return this.#at(this.#tablePlace);
  }

  get pbaAt(): number | undefined {
    return this.#at(this.#pba);
  }

  /** Is this an address of its table? */
  hasRowAt(addr: number): boolean {
    const place = this.#tablePlace;
    const offset = place === undefined ? undefined : this.offsetIn(place.bar, addr);
    return place !== undefined && offset !== undefined && offset >= place.offset && offset < place.offset + (this.rows ?? 2048) * ROW;
  }

  hasPbaAt(addr: number): boolean {
    const base = this.pbaAt;
    return base !== undefined && addr >= base && addr < base + Math.ceil((this.rows ?? 2048) / 64) * 8;
  }

  /** Offset in a BAR; undefined if the address lies in none. */
  offsetIn(bar: number, addr: number): number | undefined {
    const range = this.#bars.get(bar);
    return range !== undefined && addr >= range.addr && addr < range.addr + range.size ? addr - range.addr : undefined;
  }

  /** The address lies in one of its BARs. */
  holds(addr: number): boolean {
    for (const bar of this.#bars.keys()) if (this.offsetIn(bar, addr) !== undefined) return true;
    return false;
  }

  mapped(bar: number, range: Range): void {
    this.#bars.set(bar, range);
  }

  unmapped(bar: number): void {
    this.#bars.delete(bar);
  }

  /** QEMU has told what reads would teach. */
  setUp({ capability, bar, offset, rows }: MsixTable): void {
    this.found(CAPABILITY.msix, capability);
    this.#table = { bar, offset };
    this.rows = rows;
  }

  /** A read of the configuration space teaches what does not change. */
  learn(offset: number, value: number): void {
    if (offset === CAPABILITIES_POINTER) this.#point(value);
    if (this.#pointers.has(offset)) {
      this.found(value & 0xff, offset);
      if (value > 0xff) this.#point(value >>> 8);
    } else if (this.#pointers.has(offset - 1)) this.#point(value);
    this.#learnMsix(offset, value);
    const express = this.capability(CAPABILITY.express);
    if (express !== undefined && offset === express + DEVICE_CAPABILITIES) this.resettable = (value & RESET_CAPABLE) !== 0;
    if (offset === BUS_NUMBERS && value > 0xff) this.route(value);
  }

  /** Primary, secondary and subordinate bus, written or read as one dword. */
  route(buses: number): void {
    const from = (buses >>> 8) & 0xff;
    const to = (buses >>> 16) & 0xff;
    this.buses = from > 0 && to >= from ? { from, to } : undefined;
  }

  /** MSI-X Message Control, if an access of this offset covers it. */
  controlIn(offset: number, value: number): number | undefined {
    const at = this.capability(CAPABILITY.msix);
    if (at === undefined) return undefined;
    if (offset === at + 2) return value;
    return offset === at && value > 0xffff ? value >>> 16 : undefined;
  }

  /** May a write have reached MSI-X Message Control? While nobody knows where that is, one that sets MSI-X Enable may have. */
  mayControl(offset: number, value: number): boolean {
    const at = this.capability(CAPABILITY.msix);
    if (at !== undefined) return offset >= at && offset < at + 4 && offset !== at + 1;
    return offset >= FIRST_CAPABILITY && (value << (8 * (offset & 3))) >>> 31 === 1;
  }

  get #tablePlace(): Place | undefined {
    return this.#table ?? tableOf(this.device, (bar) => this.#bars.get(bar)?.size);
  }

  #learnMsix(offset: number, value: number): void {
    const at = this.capability(CAPABILITY.msix);
    if (at === undefined) return;
    const place = { bar: value & 7, offset: (value & ~7) >>> 0 };
    const control = this.controlIn(offset, value);
    if (control !== undefined) this.#count(control);
    else if (offset === at + 4) this.#table = farther(this.#table, place);
    else if (offset === at + 8) this.#pba = farther(this.#pba, place);
  }

  #count(control: number): void {
    this.rows = Math.max(this.rows ?? 0, (control & 0x7ff) + 1);
  }

  #point(to: number): void {
    if ((to & 0xfc) >= FIRST_CAPABILITY) this.#pointers.add(to & 0xfc);
  }

  #at(place: Place | undefined): number | undefined {
    const range = place === undefined ? undefined : this.#bars.get(place.bar);
    return range === undefined || place === undefined ? undefined : range.addr + place.offset;
  }
}

/** A read of a part of the register shows a smaller offset. */
const farther = (was: Place | undefined, now: Place): Place => (was !== undefined && was.offset > now.offset ? was : now);
