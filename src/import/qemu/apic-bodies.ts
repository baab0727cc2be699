// QEMU's events of the local APICs (hw/intc/apic.c, apic_common.c), of 5.2 to 7.2 and of 10.0 on.

import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { DELIVERY_MODES, FLAG, LOCAL_VECTORS, VECTORS } from './limits.js';

const HEX = new Word('0x');
const EQUALS = new Word(' = 0x');
const REGISTER = new Word('register 0x');
const DEST = new Word('dest ');
const DEST_MODE = new Word(' dest_mode ');
const DELIVERY_MODE = new Word(' delivery_mode ');
const VECTOR = new Word(' vector ');
const TRIGGER_MODE = new Word(' trigger_mode ');
const INDEX = new Word('vector ');
const LOCAL_MODE = new Word(' delivery mode ');
const COALESCING = new Word('coalescing ');
const OLD_COALESCING = new Word('old coalescing ');

const memory =
  (write: boolean): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(HEX);
    const offset = body.hex();
    body.word(EQUALS);
    const val = body.hex(8);
    return body.whole(({ apics }: QemuAssembler) => apics.memory(write, offset, val));
  };

/** Numbered as x2APIC MSRs are: the offset by sixteen. */
const register =
  (write: boolean): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(REGISTER);
    const number = body.hex(2);
    body.word(EQUALS);
    const val = body.hexLong();
    const high = body.high === 0 ? Number.NaN : body.high;
    return body.whole(({ apics }: QemuAssembler) => apics.register(write, number << 4, val, high));
  };

const deliver: ReadBody<QemuAssembler> = (body) => {
  body.word(DEST);
  const dst = body.decimal();
  body.word(DEST_MODE);
  const logical = body.below(FLAG) === 0 ? 0 : 1;
  body.word(DELIVERY_MODE);
  const dm = body.below(DELIVERY_MODES);
  body.word(VECTOR);
  const vec = body.below(VECTORS);
  body.word(TRIGGER_MODE);
  const trig = body.below(FLAG) === 0 ? 'edge' : 'level';
  return body.whole((qemu: QemuAssembler) => {
    qemu.takesMessages();
    if (!qemu.apics.message(dst, logical, dm, vec, trig)) qemu.ioapic.remapped(false);
  });
};

const local: ReadBody<QemuAssembler> = (body) => {
  body.word(INDEX);
  const lvt = body.below(LOCAL_VECTORS);
  body.word(LOCAL_MODE);
  const dm = body.below(DELIVERY_MODES);
  return body.whole(({ apics }: QemuAssembler) => apics.local(lvt, dm));
};

/** `isNew`: of a QEMU that has x2APIC. */
const requested =
  (isNew: boolean): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(COALESCING);
    const sum = body.decimal();
    return body.whole(({ apics }: QemuAssembler) => apics.requested(sum, isNew));
  };

const based: ReadBody<QemuAssembler> = (body) => {
  body.word(HEX);
  const low = body.hexLong();
  return body.whole(({ apics }: QemuAssembler) => apics.based(low));
};

const cleared: ReadBody<QemuAssembler> = (body) => {
  body.word(OLD_COALESCING);
  body.decimal();
  return body.whole(({ apics }: QemuAssembler) => apics.sum.cleared());
};

export const APIC_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  apic_mem_readl: memory(false),
  apic_mem_writel: memory(true),
  apic_register_read: register(false),
  apic_register_write: register(true),
  apic_deliver_irq: deliver,
  apic_local_deliver: local,
  apic_report_irq_delivered: requested(false),
  apic_reset_irq_delivered: cleared,
  kvm_report_irq_delivered: requested(true),
  kvm_reset_irq_delivered: cleared,
  cpu_get_apic_base: based,
  cpu_set_apic_base: based,
};
