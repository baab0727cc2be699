// Records of the tracepoints about local APICs, vCPUs and register accesses (arch/x86/kvm/trace.h, include/trace/events/kvm.h,
// Linux 5.2 to 7.2): the twin of apic-bodies.ts.

import type { KvmAssembler } from './assembler.js';
import { MODES, VCPUS } from './limits.js';
import type { CompileRecord, ReadRecord } from './record.js';

const IOAPIC_BASE = 0xfec0_0000;
const IOAPIC_SIZE = 0x100;
const TPR_ADDRESS = 0xfee0_0080;
const SVR_ADDRESS = 0xfee0_00f0;
const CR8 = 8;
const HIGHEST_CLASS = 0xf;
const X2APIC_TPR = 0x808;
const X2APIC_SVR = 0x80f;
/** Interrupt command register: destination mode, and what bits 19:18 mean. */
const LOGICAL = 0x800;
const SHORTHANDS = ['none', 'self', 'all', 'others'] as const;
/** Types of kvm_mmio. A read that user space serves is recorded twice, the first time without its value. */
const MMIO_READ = 1;
const MMIO_WRITE = 2;

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
const entryOrExit =
  (ofArm: ReadRecord): CompileRecord =>
  (fields) => {
    if (!fields.has('vcpu_id')) return fields.has('vcpu_pc') ? ofArm : undefined;
    const vcpu = fields.below(VCPUS, 'vcpu_id');
    return (kvm, record) => kvm.cpus.entered(vcpu.of(record));
  };

const apic: CompileRecord = (fields) => {
  const write = fields.number('rw');
  const register = fields.number('reg');
  const value = fields.number('val');
  return (kvm, record) => {
    const offset = register.of(record);
    if (write.of(record) === 0) kvm.apics.reads(offset, value.low(record));
    else kvm.apics.writes(offset, value.low(record));
  };
};

/** A write that faulted did nothing. */
const msr: CompileRecord = (fields) => {
  const write = fields.number('write');
  const register = fields.number('ecx');
  const data = fields.number('data');
  const exception = fields.number('exception');
  return (kvm, record) => {
    if (write.of(record) === 0 || exception.of(record) !== 0) return;
    const at = register.of(record);
    if (at === X2APIC_SVR || at === X2APIC_TPR) wrote(kvm, at === X2APIC_SVR, data.low(record));
  };
};

/** CR8 is the class of TPR: kvm_set_cr8. More than four bits fault, and do nothing. */
const cr: CompileRecord = (fields) => {
  const write = fields.number('rw');
  const register = fields.number('cr');
  const value = fields.number('val');
  return (kvm, record) => {
    if (write.of(record) === 0 || register.of(record) !== CR8) return;
    const priority = value.of(record);
    if (priority <= HIGHEST_CLASS) kvm.apics.wroteTpr(priority << 4);
  };
};

/** Most accesses are to other devices. */
const mmio: CompileRecord = (fields) => {
  const type = fields.number('type');
  const length = fields.number('len');
  const address = fields.number('gpa');
  const value = fields.number('val');
  return (kvm, record) => {
    const gpa = address.of(record);
    const what = type.of(record);
    if (what !== MMIO_WRITE && what !== MMIO_READ) return;
    const bytes = length.of(record);
    const low = value.low(record);
    if (kvm.machines.arch === 'arm64') return kvm.vgic.accesses.access({ write: what === MMIO_WRITE, gpa, len: bytes, value: low, high: value.high(record) });
    if (gpa < IOAPIC_BASE || gpa > SVR_ADDRESS) return;
    if (gpa >= IOAPIC_BASE + IOAPIC_SIZE) {
      if (what === MMIO_WRITE && (gpa === TPR_ADDRESS || gpa === SVR_ADDRESS)) wrote(kvm, gpa === SVR_ADDRESS, low);
    } else if (what === MMIO_WRITE) kvm.ioapic.wrote(gpa - IOAPIC_BASE, low, bytes);
    else if (bytes === 4) kvm.ioapic.read(gpa - IOAPIC_BASE, low);
  };
};

function wrote(kvm: KvmAssembler, svr: boolean, value: number): void {
  if (svr) kvm.apics.wroteSvr(value);
  else kvm.apics.wroteTpr(value);
}

const apicv: CompileRecord = () => (kvm) => kvm.apicvActive();

const apicvInhibit: CompileRecord = (fields) => {
  const reason = fields.number('reason');
  const inhibits = fields.number('inhibits');
  return (kvm, record) => kvm.apicvInhibited(reason.of(record), inhibits.of(record));
};

const irteUpdate: CompileRecord = (fields) => {
  const set = fields.number('set');
  return (kvm, record) => {
    if (set.of(record) !== 0) kvm.interruptsPosted();
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
  kvm_entry: entryOrExit((kvm) => kvm.vgic.entered()),
  kvm_exit: entryOrExit((kvm) => kvm.vgic.exited()),
  kvm_apic: apic,
  kvm_msr: msr,
  kvm_cr: cr,
  kvm_mmio: mmio,
  kvm_apicv_accept_irq: apicv,
  kvm_apicv_update_request: apicv,
  kvm_apicv_inhibit_changed: apicvInhibit,
  kvm_avic_incomplete_ipi: apicv,
  kvm_avic_unaccelerated_access: apicv,
  kvm_avic_ga_log: apicv,
  kvm_avic_kick_vcpu_slowpath: apicv,
  kvm_avic_doorbell: apicv,
  kvm_pi_irte_update: irteUpdate,
  kvm_hv_synic_set_msr: synicMsr,
};
