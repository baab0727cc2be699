// QEMU's events of the IOAPIC (hw/intc/ioapic.c). The number that ioapic_set_irq calls a vector is the input.

import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { IOAPIC_PINS, VECTORS } from './limits.js';

const INPUT = new Word('vector: ');
const LEVEL = new Word(' level: ');
const WRITE = new Word('ioapic mem write addr 0x');
const READ = new Word('ioapic mem read addr 0x');
const REGSEL = new Word(' regsel: 0x');
const SIZE = new Word(' size 0x');
const VAL = new Word(' val 0x');
const RETVAL = new Word(' retval 0x');
const SET = new Word('set remote irr for pin ');
const CLEAR = new Word('clear remote irr for pin ');
const VECTOR = new Word(' vector ');
const EOI = new Word('EOI broadcast for vector ');
const DELAYED = new Word('delayed reassert on EOI broadcast for vector ');

const setIrq: ReadBody<QemuAssembler> = (body) => {
  body.word(INPUT);
  const input = body.below(IOAPIC_PINS);
  body.word(LEVEL);
  const level = body.signed() === 0 ? 0 : 1;
  return body.whole((qemu: QemuAssembler) => {
    qemu.wires.told('ioapic', input, level);
    qemu.withOwnChips().ioapic.input(input, level);
  });
};

const access =
  (opening: Word, value: Word, write: boolean): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(opening);
    const address = body.hex();
    body.word(REGSEL);
    const register = body.hex();
    body.word(SIZE);
    const size = body.hex();
    body.word(value);
    const val = body.hex();
    return body.whole((qemu: QemuAssembler) => qemu.ioapicAccessed({ write, address, register, size, val }));
  };

const setRemoteIrr: ReadBody<QemuAssembler> = (body) => {
  body.word(SET);
  const input = body.below(IOAPIC_PINS);
  return body.whole((qemu: QemuAssembler) => qemu.withOwnChips().ioapic.serviced(input));
};

const clearRemoteIrr: ReadBody<QemuAssembler> = (body) => {
  body.word(CLEAR);
  const input = body.below(IOAPIC_PINS);
  body.word(VECTOR);
  const vec = body.below(VECTORS);
  return body.whole((qemu: QemuAssembler) => qemu.withOwnChips().ioapic.cleared(input, vec));
};

const broadcast: ReadBody<QemuAssembler> = (body) => {
  body.word(EOI);
  const vec = body.below(VECTORS);
  return body.whole((qemu: QemuAssembler) => qemu.withOwnChips().ioapic.ended(vec));
};

const delayed: ReadBody<QemuAssembler> = (body) => {
  body.word(DELAYED);
  body.below(VECTORS);
  return body.whole((qemu: QemuAssembler) => qemu.withOwnChips().ioapic.delayed());
};

export const IOAPIC_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  ioapic_set_irq: setIrq,
  ioapic_mem_write: access(WRITE, VAL, true),
  ioapic_mem_read: access(READ, RETVAL, false),
  ioapic_set_remote_irr: setRemoteIrr,
  ioapic_clear_remote_irr: clearRemoteIrr,
  ioapic_eoi_broadcast: broadcast,
  ioapic_eoi_delayed_reassert: delayed,
};
