// The MSI capability as accesses of configuration spaces show it: Message Control, Mask Bits, Pending Bits. PCI Local Bus 3.0 6.8.1; QEMU hw/pci/msi.c
// msi_write_config. Where the last two lie is known once Message Control has been read. QEMU logs no access size: values tell what they can.

import type { Journal } from '../kvm/journal.js';
import { bit } from './config-write.js';
import { CAPABILITY, type PciFunction } from './pci-function.js';

const WORD = 0x1_0000;
const DWORD = 4;
const MESSAGE_CONTROL = 2;
const ENABLE = 1;
/** 64 bit address capable, and per-vector masking capable. */
const WIDE = 0x80;
const MASKABLE = 0x100;
/** Offset of Mask Bits in the capability, by the width of the address; Pending Bits follow. */
const MASKS = 0xc;
const MASKS_WIDE = 0x10;
/** Functions that are not QEMU's: what they have pending goes when they please. */
const ELSEWHERE = /^(?:vfio-|xen-pci-passthrough$)/;

export class MsiCapabilities {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** `recorded`: writes are, so that what is read holds until the next. */
  read(fn: PciFunction, offset: number, value: number, recorded: boolean): void {
    const at = fn.capability(CAPABILITY.msi);
    if (at === undefined || ELSEWHERE.test(fn.device)) return;
    const control = offset === at + MESSAGE_CONTROL ? value : offset === at && value >= WORD ? value >>> 16 : undefined;
    if (control !== undefined) {
      this.#journal.say({ kind: 'msi.ctrl.read', fn: fn.name, enable: bit(control, ENABLE) });
      // A byte alone does not show the rest.
      if (offset === at || control > 0xff) this.#learn(fn, at, control);
    }
    const place = fn.msiMasks === undefined ? -1 : offset - fn.msiMasks;
    if (place >= DWORD && place < 2 * DWORD) this.#journal.say({ kind: 'msi.pending', fn: fn.name, first: 8 * (place - DWORD), val: value, settled: 1 });
    else if (recorded) this.#tellMasks(fn, place, value);
  }

  /** `size`: bytes; undefined if that is not told. True if it leaves MSI on. */
  written(fn: PciFunction, offset: number, value: number, size: number | undefined): boolean {
    const at = fn.capability(CAPABILITY.msi);
    if (at === undefined) return false;
    const isWhole = offset === at && (value >= WORD || size === DWORD);
    const control = offset === at + MESSAGE_CONTROL ? value : isWhole ? value >>> 16 : undefined;
    if (control !== undefined) this.#journal.say({ kind: 'msi.ctrl', fn: fn.name, enable: bit(control, ENABLE), mme: (control >> 4) & 7 });
    // A dword would have switched MSI off.
    else if (offset === at && size === undefined) this.#forget(fn);
    if (fn.msiMasks !== undefined) this.#tellMasks(fn, offset - fn.msiMasks, value, size);
    return control !== undefined && bit(control, ENABLE) === 1;
  }

  #learn(fn: PciFunction, at: number, control: number): void {
    const masks = bit(control, MASKABLE) === 0 ? undefined : at + (bit(control, WIDE) === 1 ? MASKS_WIDE : MASKS);
    if (masks === fn.msiMasks) return;
    fn.msiMasks = masks;
    // They may have been written before it was known that they are there.
    this.#forget(fn);
  }

  #forget(fn: PciFunction): void {
    if (fn.msiMasks !== undefined) this.#journal.say({ kind: 'msi.mask', fn: fn.name });
  }

  #tellMasks({ name }: PciFunction, place: number, val: number, len?: number): void {
    if (place >= 0 && place < DWORD) this.#journal.say({ kind: 'msi.mask', fn: name, first: 8 * place, val, len });
  }
}
