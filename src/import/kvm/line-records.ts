// Records of the tracepoints about lines, pins and messages (include/trace/events/kvm.h, arch/x86/kvm/trace.h, Linux 5.2
// to 7.2): the twin of line-bodies.ts.

import { bitOf } from '../../bit-of.js';
import { CHIPS, FLAG, INTIDS, IOAPIC_PINS, PIC_CHIPS, PIC_PINS, SOURCES } from './limits.js';
import { PicPorts } from './pic-ports.js';
import type { CompileRecord } from './record.js';

const setIrq: CompileRecord = (fields) => {
  const gsi = fields.number('gsi');
  const level = fields.number('level');
  const source = fields.below(SOURCES, 'irq_source_id');
  return (kvm, record) => kvm.pins.setIrq(gsi.of(record), level.of(record), source.of(record));
};

const picSetIrq: CompileRecord = (fields) => {
  const chip = fields.below(PIC_CHIPS, 'chip');
  const pin = fields.below(PIC_PINS, 'pin');
  const elcr = fields.number('elcr');
  const imr = fields.number('imr');
  return (kvm, record) => {
    const number = pin.of(record);
    kvm.pins.picSetIrq(chip.of(record), number, bitOf(elcr.of(record), number) === 1 ? 'level' : 'edge', bitOf(imr.of(record), number));
  };
};

/** A port access of one byte; whatever is longer the 8259 pair takes no notice of. */
const pio: CompileRecord = (fields) => {
  const write = fields.number('rw');
  const port = fields.number('port');
  const size = fields.number('size');
  const count = fields.number('count');
  const val = fields.number('val');
  return (kvm, record) => {
    const at = port.of(record);
    if (!PicPorts.has(at)) return;
    if (size.of(record) === 1 && count.of(record) === 1) kvm.port(write.of(record) !== 0, at, val.low(record) & 0xff);
    else kvm.pic.forget();
  };
};

/** The redirection entry is recorded as the register holds it (82093AA 3.2.4). */
const ioapicSetIrq: CompileRecord = (fields) => {
  const entry = fields.number('e');
  const pin = fields.below(IOAPIC_PINS, 'pin');
  const coalesced = fields.below(FLAG, 'coalesced');
  return (kvm, record) => {
    const low = entry.low(record);
    const redirection = {
      pin: pin.of(record),
      dst: entry.high(record) >>> 24,
      vec: low & 0xff,
      dm: (low >>> 8) & 7,
      logical: bitOf(low, 11),
      trig: trigger(low),
      mask: bitOf(low, 16),
    };
    kvm.pins.ioapicSetIrq(redirection, coalesced.of(record) !== 0);
  };
};

const delayedEoi: CompileRecord = (fields) => {
  const entry = fields.number('e');
  return (kvm, record) => kvm.pins.delayed(entry.low(record) & 0xff);
};

/** The message as it was sent: with x2APIC ids the upper address holds the destination's upper bits. */
const msiSetIrq: CompileRecord = (fields) => {
  const address = fields.number('address');
  const data = fields.number('data');
  return (kvm, record) => {
    const to = address.low(record);
    const what = data.low(record);
    const dst = (((to >>> 12) & 0xff) | (address.high(record) & 0xffff_ff00)) >>> 0;
    kvm.messages.decoded(dst, what & 0xff, (what >>> 8) & 7, bitOf(to, 2), trigger(what));
  };
};

const ackIrq: CompileRecord = (fields) => {
  // Kernels without an IOAPIC print the chip's number, others its name.
  if (fields.prints('irqchip %d')) {
    const spi = fields.below(INTIDS, 'pin');
    return (kvm, record) => kvm.vgic.acknowledged(spi.of(record));
  }
  const chip = fields.below(CHIPS, 'irqchip');
  const pin = fields.below(IOAPIC_PINS, 'pin');
  return (kvm, record) => kvm.pins.acknowledged(chip.of(record), pin.of(record));
};

const trigger = (value: number): 'edge' | 'level' => (bitOf(value, 15) === 0 ? 'edge' : 'level');

export const LINE_RECORDS: Readonly<Record<string, CompileRecord>> = {
  kvm_set_irq: setIrq,
  kvm_pic_set_irq: picSetIrq,
  kvm_pio: pio,
  kvm_ioapic_set_irq: ioapicSetIrq,
  kvm_ioapic_delayed_eoi_inj: delayedEoi,
  kvm_msi_set_irq: msiSetIrq,
  kvm_ack_irq: ackIrq,
};
