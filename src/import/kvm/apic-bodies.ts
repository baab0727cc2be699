// Bodies of the tracepoints about local APICs, vCPUs and register accesses, as their TP_printk prints them
// (arch/x86/kvm/trace.h, include/trace/events/kvm.h, Linux 5.2 to 7.2). apicid is hexadecimal, vec decimal.

import type { KvmAssembler } from './assembler.js';
import { offsetOf } from './apic-names.js';
import { NOTHING, type Act, type Body, type ReadBody } from './body.js';
import { readAddressed, readMode, readTrigger } from './delivery.js';
import { Word } from './text.js';

const APICID = new Word('apicid ');
const VEC = new Word(' vec ');
const VECTOR = new Word(' vector ');
const OPEN = new Word(' (');
const BAR = new Word('|');
const DST = new Word('dst ');
const DEASSERT = new Word('de-assert|');
const ASSERT = new Word('assert|');
const ALL_OTHERS = new Word('|all-but-self');
const ALL = new Word('|all');
const SELF = new Word('|self');
const NO_SHORTHAND = new Word('|dst');
const CLOSE = new Word(')');
const IRQ = new Word('IRQ 0x');
const OLD_IRQ = new Word('irq ');
const SOFT = new Word('Soft/INTn 0x');
const REINJECTED = new Word(' [reinjected]');
const VCPU = new Word('vcpu ');
const APIC_WRITE = new Word('apic_write ');
const APIC_READ = new Word('apic_read ');
const EQUALS = new Word('= 0x');
const MSR = new Word('msr_');
const X2APIC_SVR = new Word('msr_write 80f = 0x');
const X2APIC_TPR = new Word('msr_write 808 = 0x');
const CR = new Word('cr_');
const CR8 = new Word('cr_write 8 = 0x');
const FAULTED = new Word(' (#GP)');
const MMIO_WRITE = new Word('mmio write len ');
const MMIO_READ = new Word('mmio read len ');
const UNSATISFIED = new Word('mmio unsatisfied-read ');
const GPA = new Word(' gpa 0x');
const VAL = new Word(' val 0x');
const VCPU_ID = new Word('vcpu_id ');
const MSR_NUMBER = new Word(' msr 0x');
const DATA = new Word(' data 0x');
const SET = new Word('set ');
const CLEARED = new Word('cleared ');
const REASON = new Word('reason=');
const INHIBITS = new Word(', inhibits=0x');
const VTD = new Word('VT-d ');
const POSTING = new Word('PI is enabled');

const SPACE = 32;
const IOAPIC_BASE = 0xfec0_0000;
const IOAPIC_SIZE = 0x100;
const TPR_ADDRESS = 0xfee0_0080;
const SVR_ADDRESS = 0xfee0_00f0;
const HIGHEST_CLASS = 0xf;
const DWORD = 2 ** 32;

function readShorthand(body: Body): 'none' | 'self' | 'all' | 'others' {
  if (body.skip(ALL_OTHERS)) return 'others';
  if (body.skip(ALL)) return 'all';
  if (body.skip(SELF)) return 'self';
  body.word(NO_SHORTHAND);
  return 'none';
}

const acceptIrq: ReadBody = (body) => {
  body.word(APICID);
  const cpu = body.hex();
  body.word(VEC);
  const vec = body.decimal();
  body.word(OPEN);
  const dm = readMode(body);
  body.word(BAR);
  const trig = readTrigger(body);
  body.word(CLOSE);
  return body.whole((kvm) => kvm.cpus.accepted(cpu, vec, dm, trig));
};

/** `dst 1 vec 97 (Fixed|physical|de-assert|edge|dst)`; dst is hexadecimal, and left from before behind a shorthand. */
const ipi: ReadBody = (body) => {
  body.word(DST);
  const sent = readAddressed(body);
  if (!body.skip(DEASSERT)) body.word(ASSERT);
  readTrigger(body);
  const shorthand = readShorthand(body);
  body.word(CLOSE);
  return body.whole((kvm) => kvm.cpus.sends({ ...sent, shorthand }));
};

/** `IRQ 0x51`, since 6.1 hexadecimal and with a mark if the entry before did not get through; `irq 81` until then, for every interrupt. */
const injVirq: ReadBody = (body) => {
  if (body.skip(SOFT)) return NOTHING;
  const old = body.skip(OLD_IRQ);
  if (!old) body.word(IRQ);
  const vec = old ? body.decimal() : body.hex();
  const again = body.skip(REINJECTED);
  return body.whole<KvmAssembler>(again ? NOTHING : (kvm) => kvm.cpus.injected(vec, old ? 0 : undefined));
};

const eoi: ReadBody = (body) => {
  body.word(APICID);
  const cpu = body.hex();
  body.word(VECTOR);
  const vec = body.signed();
  return body.whole((kvm) => kvm.cpus.ended(cpu, vec));
};

const pvEoi: ReadBody = (body) => {
  body.word(APICID);
  const cpu = body.hex();
  body.word(VECTOR);
  body.signed();
  return body.whole((kvm) => kvm.cpus.runs(cpu));
};

/** The most frequent lines of all: one act for each of the first vCPUs, made once. */
const ENTERED: readonly Act[] = Array.from({ length: 256 }, (_, cpu) => entered(cpu));

function entered(cpu: number): Act {
  return (kvm) => kvm.cpus.entered(cpu);
}

/** The vCPU is printed since 5.10 only, and trace-cmd's plug-in leaves it out; arm64 prints none, and an x86 plug-in junk before the text. */
const entryOrExit =
  (armText: string, ofArm: Act): ReadBody =>
  (body) => {
    if (!body.skip(VCPU)) return body.rest().includes(armText) ? ofArm : NOTHING;
    const cpu = body.decimal();
    return body.begun(ENTERED[cpu] ?? entered(cpu));
  };

/** `apic_write APIC_SPIV = 0x1ff`: the name of the register, or its offset where it has none. */
const apic: ReadBody = (body) => {
  const write = body.skip(APIC_WRITE);
  if (!write) body.word(APIC_READ);
  const offset = offsetOf(body.until(SPACE));
  body.word(EQUALS);
  const value = body.hexLong();
  if (offset === undefined) return body.begun(NOTHING);
  return body.whole(write ? (kvm) => kvm.apics.writes(offset, value) : (kvm) => kvm.apics.reads(offset, value));
};

const msr: ReadBody = (body) => {
  if (body.skip(X2APIC_SVR)) return registerWrite(body, true);
  if (body.skip(X2APIC_TPR)) return registerWrite(body, false);
  body.word(MSR);
  return body.begun(NOTHING);
};

/** CR8 is the class of TPR: kvm_set_cr8. More than four bits fault, and do nothing. */
const cr: ReadBody = (body) => {
  if (body.skip(CR8)) {
    const value = body.hex();
    if (value > HIGHEST_CLASS) return body.whole(NOTHING);
    return body.whole((kvm) => kvm.apics.wroteTpr(value << 4));
  }
  body.word(CR);
  return body.begun(NOTHING);
};

/** The value written; a write that faulted did nothing. */
function registerWrite(body: Body, svr: boolean): Act | undefined {
  const value = body.hex();
  if (body.skip(FAULTED)) return body.whole(NOTHING);
  return body.whole(svr ? (kvm) => kvm.apics.wroteSvr(value) : (kvm) => kvm.apics.wroteTpr(value));
}

/** Most accesses are to other devices. A read that user space serves is printed twice, the first time without its value. */
const mmio: ReadBody = (body) => {
  const write = body.skip(MMIO_WRITE);
  if (!write && !body.skip(MMIO_READ)) {
    body.word(UNSATISFIED);
    return body.begun(NOTHING);
  }
  const len = body.decimal();
  body.word(GPA);
  const gpa = body.hex();
  body.word(VAL);
  if (gpa >= IOAPIC_BASE && gpa < IOAPIC_BASE + IOAPIC_SIZE) return ioapicAccess(body, { write, len, offset: gpa - IOAPIC_BASE });
  if (write && (gpa === TPR_ADDRESS || gpa === SVR_ADDRESS)) return registerWrite(body, gpa === SVR_ADDRESS);
  const value = body.hexLong();
  const { high } = body;
  return body.whole((kvm) => kvm.vgic.accesses.access({ write, gpa, len, value, high }));
};

function ioapicAccess(body: Body, { write, len, offset }: { write: boolean; len: number; offset: number }): Act | undefined {
  // Above 2^53 the register's half of the value is no longer exact.
  const value = body.hex() % DWORD;
  if (write) return body.whole(unlessArm((kvm) => kvm.ioapic.wrote(offset, value, len)));
  return body.whole(len !== 4 ? NOTHING : unlessArm((kvm) => kvm.ioapic.read(offset, value)));
}

/** On arm64 the page of the IOAPIC is anything else. */
function unlessArm(act: Act): Act {
  return (kvm) => {
    if (kvm.machines.arch !== 'arm64') act(kvm);
  };
}

const apicv: ReadBody = () => (kvm) => kvm.apicvActive();

const apicvInhibit: ReadBody = (body) => {
  if (!body.skip(SET)) body.word(CLEARED);
  body.word(REASON);
  const reason = body.decimal();
  body.word(INHIBITS);
  const inhibits = body.hex();
  return body.begun((kvm) => kvm.apicvInhibited(reason, inhibits));
};

const synicMsr: ReadBody = (body) => {
  body.word(VCPU_ID);
  const cpu = body.decimal();
  body.word(MSR_NUMBER);
  const number = body.hex();
  body.word(DATA);
  const data = body.hex();
  return body.begun((kvm) => kvm.synic.wrote(cpu, number, data % DWORD));
};

const irteUpdate: ReadBody = (body) => {
  body.skip(VTD);
  return body.skip(POSTING) ? (kvm) => kvm.interruptsPosted() : NOTHING;
};

export const APIC_BODIES: Readonly<Record<string, ReadBody>> = {
  kvm_apic_accept_irq: acceptIrq,
  kvm_apic_ipi: ipi,
  kvm_inj_virq: injVirq,
  kvm_eoi: eoi,
  kvm_pv_eoi: pvEoi,
  kvm_entry: entryOrExit('PC: 0x', (kvm) => kvm.vgic.entered()),
  kvm_exit: entryOrExit('HSR_EC: 0x', (kvm) => kvm.vgic.exited()),
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
