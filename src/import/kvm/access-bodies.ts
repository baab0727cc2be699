// Bodies of the tracepoints about a guest's accesses to registers, as their TP_printk prints them (arch/x86/kvm/trace.h,
// include/trace/events/kvm.h, Linux 5.2 to 7.2).

import { AT } from '../apic-registers.js';
import { offsetOf } from './apic-names.js';
import { NOTHING, type Act, type Body, type ReadBody } from './body.js';
import { HIGHEST_CLASS, IOAPIC_BASE, IOAPIC_SIZE, registerAt, wroteRegister, type OwnLine } from './guest-registers.js';
import { Word } from './text.js';

const APIC_WRITE = new Word('apic_write ');
const APIC_READ = new Word('apic_read ');
const EQUALS = new Word('= 0x');
const MSR = new Word('msr_');
const X2APIC_EOI = new Word('msr_write 80b = 0x');
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

const SPACE = 32;
const DWORD = 2 ** 32;

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
  if (body.skip(X2APIC_EOI)) return registerWrite(body, AT.eoi);
  if (body.skip(X2APIC_SVR)) return registerWrite(body, AT.svr);
  if (body.skip(X2APIC_TPR)) return registerWrite(body, AT.tpr);
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
function registerWrite(body: Body, register: OwnLine): Act | undefined {
  const value = body.hex();
  if (body.skip(FAULTED)) return body.whole(NOTHING);
  return body.whole((kvm) => wroteRegister(kvm, register, value));
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
  const value = body.hexLong();
  const { high } = body;
  const register = write ? registerAt(gpa) : undefined;
  if (register !== undefined) return body.whole(unlessArm((kvm) => wroteRegister(kvm, register, value)));
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

export const ACCESS_BODIES: Readonly<Record<string, ReadBody>> = {
  kvm_apic: apic,
  kvm_msr: msr,
  kvm_cr: cr,
  kvm_mmio: mmio,
};
