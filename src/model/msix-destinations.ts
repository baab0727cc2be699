// Where the messages of MSI-X rows go. A message is a write of memory, and only one to an interrupt controller shows: what software or a reset has left
// as a row's address may be any other. PCI Express Base 6.1.4.2 (Message Address); Intel SDM vol. 3, message address register; QEMU msi_send_message.

import type { MsixEntry } from './msix-entry.js';

/** 0xfee00000 to 0xfeefffff, as bits 31:20. What a device writes at the offsets of a local APIC's registers is no message (apic_mem_write). */
const X86_WINDOW = 0xfee;
const FIRST_REGISTER = 0x10;
const PAGE_END = 0xfff;
/** Bits 1:0 must be 0: QEMU drops a write across two dwords (memory_region_access_valid). */
const UNALIGNED = 3;

export class MessageDestinations {
  /** Pages that messages were seen to arrive at: the doorbells of an Arm machine are at no fixed address. */
  private readonly pages = new Set<bigint>();

  arrived(addr: bigint): void {
    this.pages.add(addr >> 12n);
  }

  /** Is a message that the row sends surely seen? */
  shows({ addr, addrHi, reached }: MsixEntry): boolean {
    if (reached) return true;
    if (addr === undefined || addrHi === undefined || (addr & UNALIGNED) !== 0) return false;
    if (addrHi !== 0 || addr >>> 20 !== X86_WINDOW) return this.pages.has(((BigInt(addrHi) << 32n) | BigInt(addr)) >> 12n);
    const offset = addr & 0xf_ffff;
    return offset < FIRST_REGISTER || offset > PAGE_END;
  }
}
