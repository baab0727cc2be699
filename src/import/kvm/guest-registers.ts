// Where a guest reaches registers of the interrupt chips: in memory, and as MSRs (Intel SDM vol. 3, local APIC register address map; x2APIC).

import { AT } from '../apic-registers.js';
import type { KvmAssembler } from './assembler.js';

export const IOAPIC_BASE = 0xfec0_0000;
export const IOAPIC_SIZE = 0x100;
/** The page of the local APIC. */
const LAPIC_BASE = 0xfee0_0000;
/** Its first MSR, and the bytes of the page that each stands for. */
const X2APIC_BASE = 0x800;
const X2APIC_STEP = 16;
/** Of CR8, which is the class of TPR. */
export const HIGHEST_CLASS = 0xf;

/** Registers of the local APIC of which accesses are told without kvm_apic, too, by their offset in its page. */
export type OwnLine = typeof AT.tpr | typeof AT.svr | typeof AT.eoi;

/** The register behind an offset in the page, if it is one of these. */
const ownLine = (offset: number): OwnLine | undefined => (offset === AT.tpr || offset === AT.svr || offset === AT.eoi ? offset : undefined);
export const registerAt = (gpa: number): OwnLine | undefined => ownLine(gpa - LAPIC_BASE);
export const registerOf = (msr: number): OwnLine | undefined => ownLine((msr - X2APIC_BASE) * X2APIC_STEP);

export function wroteRegister(kvm: KvmAssembler, register: OwnLine, value: number): void {
  if (register === AT.svr) kvm.apics.wroteSvr(value);
  else if (register === AT.tpr) kvm.apics.wroteTpr(value);
  else kvm.apicv.eoiExited();
}
