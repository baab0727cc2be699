// QEMU's events of the GICv2 (hw/intc/arm_gic.c).

import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import { fitsIn } from './access.js';
import type { QemuAssembler } from './assembler.js';
import { FLAG, GICV2_CPUS, GICV2_INTIDS, LIST_REGISTERS, LONGER_ACCESS, SPECIAL_INTID } from './limits.js';

const READ = new Word('read');
const WRITE = new Word('write');
const SIZE = new Word(' size ');
const IRQ = new Word('irq ');
const LEVEL = new Word(' level ');
const MASK = new Word(' cpumask 0x');
const TARGET = new Word(' target 0x');
const DIST = new Word('dist ');
const HYP = new Word('hyp ');
const AT = new Word(' at 0x');
const COLON_HEX = new Word(': 0x');
const SPACE_HEX = new Word(' 0x');
const VCPU = new Word('vcpu ');
const CPU_N = new Word('cpu ');
const INTERFACE = new Word(' iface ');
const ACKNOWLEDGED = new Word(' acknowledged irq ');
const MAINTENANCE = new Word(': maintenance = ');
const NEW_ENTRY = new Word(': new lr entry ');
/** `0x%08x`. */
const DIGITS = 8;

type Read = ReadBody<QemuAssembler>;

const input: Read = (body) => {
  body.word(IRQ);
  const id = body.below(SPECIAL_INTID);
  body.word(LEVEL);
  const level = body.decimal() === 0 ? 0 : 1;
  body.word(MASK);
  const mask = body.hex();
  body.word(TARGET);
  const target = body.hex();
  return body.whole(({ gicv2 }: QemuAssembler) => gicv2.line(id, level, mask, target));
};

const distributor =
  (write: boolean): Read =>
  (body) => {
    body.word(DIST);
    body.word(write ? WRITE : READ);
    body.word(AT);
    const offset = body.hex(DIGITS);
    body.word(SIZE);
    const size = body.below(LONGER_ACCESS);
    body.word(COLON_HEX);
    const value = body.hex(DIGITS);
    if (!fitsIn(size, value)) return undefined;
    return body.whole(({ gicv2 }: QemuAssembler) => gicv2.distributor({ write, offset, size, value }));
  };

const cpuInterface =
  (write: boolean): Read =>
  (body) => {
    const guest = body.skip(VCPU);
    if (!guest) body.word(CPU_N);
    const cpu = body.below(GICV2_CPUS);
    body.word(INTERFACE);
    body.word(write ? WRITE : READ);
    body.word(AT);
    const offset = body.hex(DIGITS);
    body.word(write ? SPACE_HEX : COLON_HEX);
    const value = body.hex(DIGITS);
    return body.whole(({ gicv2 }: QemuAssembler) => gicv2.cpuInterface({ write, guest, cpu, offset, value }));
  };

const acknowledge: Read = (body) => {
  const guest = body.skip(VCPU);
  if (!guest) body.word(CPU_N);
  const cpu = body.below(GICV2_CPUS);
  body.word(ACKNOWLEDGED);
  const id = body.below(GICV2_INTIDS);
  return body.whole(({ gicv2 }: QemuAssembler) => (guest ? undefined : gicv2.acknowledges(cpu, id)));
};

const hypervisor =
  (write: boolean): Read =>
  (body) => {
    body.word(HYP);
    body.word(write ? WRITE : READ);
    body.word(AT);
    const offset = body.hex(DIGITS);
    body.word(COLON_HEX);
    const value = body.hex(DIGITS);
    return body.whole(({ gicv2 }: QemuAssembler) => gicv2.hypervisor({ write, offset, size: 4, value }));
  };

const list: Read = (body) => {
  body.word(CPU_N);
  const cpu = body.below(GICV2_CPUS);
  body.word(NEW_ENTRY);
  const n = body.below(LIST_REGISTERS);
  body.word(COLON_HEX);
  const value = body.hex(DIGITS);
  return body.whole(({ gicv2 }: QemuAssembler) => gicv2.list(cpu, n, value));
};

const maintenance: Read = (body) => {
  body.word(CPU_N);
  const cpu = body.below(GICV2_CPUS);
  body.word(MAINTENANCE);
  const level = body.below(FLAG) === 0 ? 0 : 1;
  return body.whole(({ gicv2 }: QemuAssembler) => gicv2.maintenance(cpu, level));
};

export const GICV2_BODIES: Readonly<Record<string, Read>> = {
  gic_set_irq: input,
  gic_dist_write: distributor(true),
  gic_dist_read: distributor(false),
  gic_acknowledge_irq: acknowledge,
  gic_cpu_write: cpuInterface(true),
  gic_cpu_read: cpuInterface(false),
  gic_hyp_write: hypervisor(true),
  gic_hyp_read: hypervisor(false),
  gic_lr_entry: list,
  gic_update_maintenance_irq: maintenance,
};
