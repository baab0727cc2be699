// Bodies of the tracepoints about lines, pins and messages, as their TP_printk prints them (include/trace/events/kvm.h,
// arch/x86/kvm/trace.h, Linux 5.2 to 7.2). dst is hexadecimal, vec decimal.

import { NOTHING, type Body, type ReadBody } from './body.js';
import { readAddressed, readTrigger } from './delivery.js';
import { PicPorts } from './pic-ports.js';
import { Word } from './text.js';

const GSI = new Word('gsi ');
const LEVEL = new Word(' level ');
const SOURCE = new Word(' source ');
const CHIP = new Word('chip ');
const PIN = new Word('pin ');
const ITS_PIN = new Word(' pin ');
const DST = new Word('dst ');
const ITS_DST = new Word(' dst ');
const VEC = new Word(' vec ');
const OPEN = new Word(' (');
const CLOSE = new Word(')');
const MASKED = new Word('|masked');
const REDIRECTION_HINT = new Word('|rh');
const COALESCED = new Word(' (coalesced)');
const IRQCHIP = new Word('irqchip ');
const IOAPIC = new Word('IOAPIC');
const PIC_MASTER = new Word('PIC master');
const PIC_SLAVE = new Word('PIC slave');
const PIO_WRITE = new Word('pio_write at 0x');
const PIO_READ = new Word('pio_read at 0x');
const SIZE = new Word(' size ');
const COUNT = new Word(' count ');
const VAL = new Word(' val 0x');

const setIrq: ReadBody = (body) => {
  body.word(GSI);
  const gsi = body.decimal();
  body.word(LEVEL);
  const level = body.signed();
  body.word(SOURCE);
  const source = body.decimal();
  return body.whole((kvm) => kvm.pins.setIrq(gsi, level, source));
};

const picSetIrq: ReadBody = (body) => {
  body.word(CHIP);
  const chip = body.decimal();
  body.word(ITS_PIN);
  const pin = body.decimal();
  body.word(OPEN);
  const trig = readTrigger(body);
  const mask = body.skip(MASKED) ? 1 : 0;
  body.word(CLOSE);
  body.skip(COALESCED);
  return body.whole((kvm) => kvm.pins.picSetIrq(chip, pin, trig, mask));
};

/** A port access of one byte; a blank or `(...)` ends the line. Whatever is longer the 8259 pair takes no notice of. */
const pio: ReadBody = (body) => {
  const write = body.skip(PIO_WRITE);
  if (!write) body.word(PIO_READ);
  const port = body.hex();
  body.word(SIZE);
  const size = body.decimal();
  body.word(COUNT);
  const count = body.decimal();
  if (!PicPorts.has(port)) return body.begun(NOTHING);
  // Old kernels print no value.
  if (!body.skip(VAL)) return body.begun((kvm) => kvm.pic.forget());
  const val = body.hex();
  if (size !== 1 || count !== 1) return body.begun((kvm) => kvm.pic.forget());
  return body.begun((kvm) => kvm.port(write, port, val & 0xff));
};

const ioapicSetIrq: ReadBody = (body) => {
  body.word(PIN);
  const pin = body.decimal();
  body.word(ITS_DST);
  const to = readAddressed(body);
  const trig = readTrigger(body);
  const mask = body.skip(MASKED) ? 1 : 0;
  body.word(CLOSE);
  const coalesced = body.skip(COALESCED);
  return body.whole((kvm) => kvm.pins.ioapicSetIrq({ pin, ...to, trig, mask }, coalesced));
};

const delayedEoi: ReadBody = (body) => {
  body.word(DST);
  body.hex();
  body.word(VEC);
  const vec = body.decimal();
  body.word(OPEN);
  return body.begun((kvm) => kvm.pins.delayed(vec));
};

const msiSetIrq: ReadBody = (body) => {
  body.word(DST);
  const { dst, vec, dm, logical } = readAddressed(body);
  const trig = readTrigger(body);
  body.skip(REDIRECTION_HINT);
  body.word(CLOSE);
  return body.whole((kvm) => kvm.messages.decoded(dst, vec, dm, logical, trig));
};

/** Chips by name, and the names hold blanks; -1 for a number, as kernels without an IOAPIC print them (arm64). */
function irqchip(body: Body): number {
  if (body.skip(IOAPIC)) return 2;
  if (body.skip(PIC_MASTER)) return 0;
  if (body.skip(PIC_SLAVE)) return 1;
  body.decimal();
  return -1;
}

const ackIrq: ReadBody = (body) => {
  body.word(IRQCHIP);
  const chip = irqchip(body);
  body.word(ITS_PIN);
  const pin = body.decimal();
  return body.whole(chip < 0 ? (kvm) => kvm.vgic.acknowledged(pin) : (kvm) => kvm.pins.acknowledged(chip, pin));
};

export const LINE_BODIES: Readonly<Record<string, ReadBody>> = {
  kvm_set_irq: setIrq,
  kvm_pic_set_irq: picSetIrq,
  kvm_ioapic_set_irq: ioapicSetIrq,
  kvm_ioapic_delayed_eoi_inj: delayedEoi,
  kvm_msi_set_irq: msiSetIrq,
  kvm_ack_irq: ackIrq,
  kvm_pio: pio,
};
