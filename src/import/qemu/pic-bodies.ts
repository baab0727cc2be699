// QEMU's events of the 8259 pair (hw/intc/i8259.c): pic_set_irq, pic_update_irq, pic_interrupt, pic_ioport_write and _read.
// `master 1` is the first chip; the registers of pic_update_irq are decimal.

import { pin, vector } from '../../ids.js';
import { NOTHING, type ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { BYTE, FLAG, PAIR_PINS, PIC_PINS, VECTORS } from './limits.js';

const MASTER = new Word('master ');
const IRQ = new Word(' irq ');
const FIRST_IRQ = new Word('irq ');
const LEVEL = new Word(' level ');
const IMR = new Word(' imr ');
const IRR = new Word(' irr ');
const PADD = new Word(' padd ');
const INTNO = new Word(' intno ');
const ADDR = new Word(' addr 0x');
const VAL = new Word(' val 0x');

const chipOf = (master: number): 0 | 1 => (master === 0 ? 1 : 0);

const setIrq: ReadBody<QemuAssembler> = (body) => {
  body.word(MASTER);
  const chip = chipOf(body.below(FLAG));
  body.word(IRQ);
  const input = pin(chip * PIC_PINS + body.below(PIC_PINS));
  body.word(LEVEL);
  const level = body.signed() === 0 ? 0 : 1;
  return body.whole((qemu: QemuAssembler) => {
    qemu.wires.told('pic', input, level);
    const { journal: j } = qemu.withOwnChips();
    const { ns, on, tid, stream, line, name } = j;
    j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'pic.in', pin: input, level, gsi: undefined, trig: undefined, mask: undefined });
  });
};

const updateIrq: ReadBody<QemuAssembler> = (body) => {
  body.word(MASTER);
  const chip = chipOf(body.below(FLAG));
  body.word(IMR);
  const imr = body.below(BYTE);
  body.word(IRR);
  const irr = body.below(BYTE);
  body.word(PADD);
  const prio = body.below(PIC_PINS);
  return body.whole((qemu: QemuAssembler) => qemu.withOwnChips().journal.say({ kind: 'pic.request', chip, irr, imr, prio }));
};

const interrupt: ReadBody<QemuAssembler> = (body) => {
  body.word(FIRST_IRQ);
  const input = pin(body.below(PAIR_PINS));
  body.word(INTNO);
  const vec = vector(body.below(VECTORS));
  return body.whole((qemu: QemuAssembler) => qemu.withOwnChips().journal.say({ kind: 'pic.inta', pin: input, vec }));
};

/** The address counts from the chip's lower port. */
const access =
  (write: boolean): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(MASTER);
    const chip = chipOf(body.below(FLAG));
    body.word(ADDR);
    const port = body.hex();
    body.word(VAL);
    const val = body.hex();
    if (port > 1) return body.whole(NOTHING);
    return body.whole((qemu: QemuAssembler) => {
      qemu.picPort();
      const { pic } = qemu.withOwnChips();
      if (write) pic.command(chip, port, val & 0xff);
      else pic.answer(chip, port, val & 0xff);
    });
  };

export const PIC_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  pic_set_irq: setIrq,
  pic_update_irq: updateIrq,
  pic_interrupt: interrupt,
  pic_ioport_write: access(true),
  pic_ioport_read: access(false),
};
