// Registers of a local APIC, by their offset in its page: an x2APIC's MSR is numbered by a sixteenth. Intel SDM vol. 3, local APIC register address map.

export const AT = {
  id: 0x20,
  tpr: 0x80,
  ppr: 0xa0,
  eoi: 0xb0,
  ldr: 0xd0,
  dfr: 0xe0,
  svr: 0xf0,
  isr: 0x100,
  tmr: 0x180,
  irr: 0x200,
  irrEnd: 0x280,
  icr: 0x300,
  icrHigh: 0x310,
  /** Local vector table. */
  lvt: 0x320,
  lvtEnd: 0x380,
  /** In x2APIC mode only. */
  selfIpi: 0x3f0,
} as const;

/** Kinds of event that writes are told by. */
export type Written = 'apic.ipi' | 'apic.dest' | 'apic.eoi' | 'apic.tpr' | 'apic.svr' | 'apic.lvt';

/** What a write there is told by. */
export function writeTo(offset: number): Written | undefined {
  if (offset === AT.icr || offset === AT.selfIpi) return 'apic.ipi';
  if (offset === AT.ldr || offset === AT.dfr) return 'apic.dest';
  if (offset === AT.eoi) return 'apic.eoi';
  if (offset === AT.tpr) return 'apic.tpr';
  if (offset === AT.svr) return 'apic.svr';
  return offset >= AT.lvt && offset < AT.lvtEnd ? 'apic.lvt' : undefined;
}
