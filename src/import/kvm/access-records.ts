// Records of the tracepoints about a guest's accesses to registers (arch/x86/kvm/trace.h, include/trace/events/kvm.h, Linux 5.2 to 7.2): the twin
// of access-bodies.ts.

import { HIGHEST_CLASS, IOAPIC_BASE, IOAPIC_SIZE, registerAt, registerOf, wroteRegister } from './guest-registers.js';
import type { CompileRecord } from './record.js';

const CR8 = 8;
/** Types of kvm_mmio. A read that user space serves is recorded twice, the first time without its value. */
const MMIO_READ = 1;
const MMIO_WRITE = 2;

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
    const written = registerOf(register.of(record));
    if (written !== undefined) wroteRegister(kvm, written, data.low(record));
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
    if (gpa < IOAPIC_BASE) return;
    if (gpa >= IOAPIC_BASE + IOAPIC_SIZE) {
      const written = what === MMIO_WRITE ? registerAt(gpa) : undefined;
      if (written !== undefined) wroteRegister(kvm, written, low);
    } else if (what === MMIO_WRITE) kvm.ioapic.wrote(gpa - IOAPIC_BASE, low, bytes);
    else if (bytes === 4) kvm.ioapic.read(gpa - IOAPIC_BASE, low);
  };
};

export const ACCESS_RECORDS: Readonly<Record<string, CompileRecord>> = {
  kvm_apic: apic,
  kvm_msr: msr,
  kvm_cr: cr,
  kvm_mmio: mmio,
};
