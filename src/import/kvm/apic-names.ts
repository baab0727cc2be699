// The names by which KVM prints registers of a local APIC (arch/x86/kvm/trace.h, kvm_trace_symbol_apic).

import { AT } from '../apic-registers.js';

const OFFSETS: Readonly<Record<string, number>> = {
  APIC_ID: AT.id,
  APIC_LVR: AT.version,
  APIC_TASKPRI: AT.tpr,
  APIC_ARBPRI: 0x90,
  APIC_PROCPRI: AT.ppr,
  APIC_EOI: AT.eoi,
  APIC_RRR: 0xc0,
  APIC_LDR: AT.ldr,
  APIC_DFR: AT.dfr,
  APIC_SPIV: AT.svr,
  APIC_ISR: AT.isr,
  APIC_TMR: AT.tmr,
  APIC_IRR: AT.irr,
  APIC_ESR: AT.esr,
  APIC_ICR: AT.icr,
  APIC_ICR2: AT.icrHigh,
  APIC_LVTT: 0x320,
  APIC_LVTTHMR: 0x330,
  APIC_LVTPC: 0x340,
  APIC_LVT0: 0x350,
  APIC_LVT1: 0x360,
  APIC_LVTERR: 0x370,
  APIC_TMICT: AT.initialCount,
  APIC_TMCCT: AT.currentCount,
  APIC_TDCR: AT.divide,
  APIC_SELF_IPI: AT.selfIpi,
  APIC_EFEAT: 0x400,
  APIC_ECTRL: 0x410,
};
const HEX = /^0x[0-9a-f]+$/;

/** Offset in the APIC's page; a register without a name is printed as its offset. */
export const offsetOf = (name: string): number | undefined => (HEX.test(name) ? Number(name) : OFFSETS[name]);
