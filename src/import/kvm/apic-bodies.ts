// Bodies of the tracepoints about local APICs, vCPUs and register accesses, as their TP_printk prints them
// (arch/x86/kvm/trace.h, include/trace/events/kvm.h, Linux 5.2 to 7.2). apicid is hexadecimal, vec decimal.

import type { KvmAssembler } from './assembler.js';
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
const BLANK = new Word(' ');
const REASON = new Word('reason ');
/** Exits that only a guest has whose interrupts the CPU delivers: VMX_EXIT_REASONS, SVM_EXIT_REASONS. */
const OF_APICV = [new Word('EOI_INDUCED '), new Word('APIC_WRITE '), new Word('avic_incomplete_ipi '), new Word('avic_unaccelerated_access ')];
const ARM_ENTRY = 'PC: 0x';
const ARM_EXIT = 'HSR_EC: 0x';
const VCPU_ID = new Word('vcpu_id ');
const MSR_NUMBER = new Word(' msr 0x');
const DATA = new Word(' data 0x');

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
const entry: ReadBody = (body) => {
  if (!body.skip(VCPU)) return body.rest().includes(ARM_ENTRY) ? (kvm) => kvm.vgic.entered() : NOTHING;
  const cpu = body.decimal();
  return body.begun(ENTERED[cpu] ?? entered(cpu));
};

const exit: ReadBody = (body) => {
  const cpu = body.skip(VCPU) ? body.decimal() : -1;
  if (cpu >= 0) body.skip(BLANK);
  if (body.skip(REASON) && OF_APICV.some((reason) => body.skip(reason))) return body.begun(exitOfApicv(cpu));
  if (cpu >= 0) return body.begun(ENTERED[cpu] ?? entered(cpu));
  return body.rest().includes(ARM_EXIT) ? (kvm) => kvm.vgic.exited() : NOTHING;
};

function exitOfApicv(cpu: number): Act {
  return (kvm) => {
    kvm.apicv.active();
    if (cpu >= 0) kvm.cpus.entered(cpu);
  };
}

const synicMsr: ReadBody = (body) => {
  body.word(VCPU_ID);
  const cpu = body.decimal();
  body.word(MSR_NUMBER);
  const number = body.hex();
  body.word(DATA);
  const data = body.hex();
  return body.begun((kvm) => kvm.synic.wrote(cpu, number, data % DWORD));
};

export const APIC_BODIES: Readonly<Record<string, ReadBody>> = {
  kvm_apic_accept_irq: acceptIrq,
  kvm_apic_ipi: ipi,
  kvm_inj_virq: injVirq,
  kvm_eoi: eoi,
  kvm_pv_eoi: pvEoi,
  kvm_entry: entry,
  kvm_exit: exit,
  kvm_hv_synic_set_msr: synicMsr,
};
