// Records of the tracepoints about local APICs, vCPUs and register accesses (arch/x86/kvm/trace.h, include/trace/events/kvm.h,
// Linux 5.2 to 7.2): the twin of apic-bodies.ts.

import { MODES, VCPUS } from './limits.js';
import type { CompileRecord } from './record.js';

/** Interrupt command register: destination mode, and what bits 19:18 mean. */
const LOGICAL = 0x800;
/** By KVM's number of the instruction set, 1 VMX and 2 SVM: exits that only a guest has whose interrupts the CPU delivers (EOI induced, APIC write;
 * AVIC incomplete IPI, AVIC no acceleration). */
const OF_APICV: readonly (ReadonlySet<number> | undefined)[] = [undefined, new Set([45, 56]), new Set([0x401, 0x402])];
const SHORTHANDS = ['none', 'self', 'all', 'others'] as const;

const acceptIrq: CompileRecord = (fields) => {
  const apicid = fields.below(VCPUS, 'apicid');
  const mode = fields.below(MODES, 'dm');
  const trigger = fields.number('tm');
  const vec = fields.number('vec');
  return (kvm, record) =>
    kvm.cpus.accepted(apicid.of(record), vec.of(record), (mode.of(record) >>> 8) & 7, trigger.of(record) === 0 ? 'edge' : 'level');
};

/** The low half of the interrupt command register, and the destination. */
const ipi: CompileRecord = (fields) => {
  const low = fields.number('icr_low');
  const dst = fields.number('dest_id');
  return (kvm, record) => {
    const icr = low.of(record);
    kvm.cpus.sends({ vec: icr & 0xff, dm: (icr >>> 8) & 7, dst: dst.of(record), logical: (icr & LOGICAL) === 0 ? 0 : 1, shorthand: SHORTHANDS[(icr >>> 18) & 3] ?? 'none' });
  };
};

/** `irq` until 5.10; since 6.1 `vector`, whether an instruction asked for it, and whether the entry before did not get through. */
const injVirq: CompileRecord = (fields) => {
  if (!fields.has('vector')) {
    const irq = fields.number('irq');
    return (kvm, record) => kvm.cpus.injected(irq.of(record), 0);
  }
  const vec = fields.number('vector');
  const soft = fields.number('soft');
  const again = fields.number('reinjected');
  return (kvm, record) => {
    if (soft.of(record) === 0 && again.of(record) === 0) kvm.cpus.injected(vec.of(record), undefined);
  };
};

const eoi: CompileRecord = (fields) => {
  const apicid = fields.below(VCPUS, 'apicid');
  const vec = fields.number('vector');
  return (kvm, record) => kvm.cpus.ended(apicid.of(record), vec.of(record));
};

const pvEoi: CompileRecord = (fields) => {
  const apicid = fields.below(VCPUS, 'apicid');
  return (kvm, record) => kvm.cpus.runs(apicid.of(record));
};

/** The vCPU is recorded since 5.10 only, and on x86 only; arm64 has the guest's `vcpu_pc` instead. */
const entry: CompileRecord = (fields) => {
  if (!fields.has('vcpu_id')) return fields.has('vcpu_pc') ? (kvm) => kvm.vgic.entered() : undefined;
  const vcpu = fields.below(VCPUS, 'vcpu_id');
  return (kvm, record) => kvm.cpus.entered(vcpu.of(record));
};

const exit: CompileRecord = (fields) => {
  if (fields.has('vcpu_pc')) return (kvm) => kvm.vgic.exited();
  const enters = entry(fields);
  const reason = fields.number('exit_reason');
  const isa = fields.number('isa');
  return (kvm, record) => {
    if (OF_APICV[isa.of(record)]?.has(reason.of(record)) === true) kvm.apicv.active();
    enters?.(kvm, record);
  };
};

const synicMsr: CompileRecord = (fields) => {
  const cpu = fields.below(VCPUS, 'vcpu_id');
  const number = fields.number('msr');
  const data = fields.number('data');
  return (kvm, record) => kvm.synic.wrote(cpu.of(record), number.of(record), data.low(record));
};

export const APIC_RECORDS: Readonly<Record<string, CompileRecord>> = {
  kvm_apic_accept_irq: acceptIrq,
  kvm_apic_ipi: ipi,
  kvm_inj_virq: injVirq,
  kvm_eoi: eoi,
  kvm_pv_eoi: pvEoi,
  kvm_entry: entry,
  kvm_exit: exit,
  kvm_hv_synic_set_msr: synicMsr,
};
