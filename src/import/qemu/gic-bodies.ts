// QEMU's events of the GICs (hw/intc/trace-events, 5.2 to 11.1). Most of `gicv3_cpuif_*` and `gic_update_*` only follow from others.

import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { GICV2_BODIES } from './gicv2-bodies.js';
import type { QemuGicv3Virtual } from './gicv3-virtual.js';
import type { QemuGicv3, SystemAccess } from './gicv3.js';
import type { ItsEffect } from './its.js';

const SPACE = 32;
const V3 = new Word('GICv3 ');
const CPU = new Word(' cpu 0x');
const VALUE = new Word(' value 0x');
const READ = new Word('read');
const WRITE = new Word('write');
const DISTRIBUTOR = new Word('GICv3 distributor ');
const REDISTRIBUTOR = new Word('GICv3 redistributor 0x');
const OFFSET = new Word(': offset 0x');
const DATA = new Word(' data 0x');
const SIZE = new Word(' size ');
const SECURE = new Word(' secure ');
const BLANK = new Word(' ');
const INTERRUPT = new Word('interrupt ');
const CHANGED = new Word(' level changed to ');
const SGI = new Word(' pending SGI ');
const INTERFACE = new Word('GICv3 CPU i/f 0x');
const GENERATING = new Word(' generating SGI ');
const SETTING = new Word(' virt HPPI update: setting maintenance-irq ');
const MODE = new Word(' IRM ');
const AFFINITY = new Word(' target affinity 0x');
const ANY_AFF0 = new Word('xx targetlist 0x');
const ENTRY = new Word('GICv3 ITS: Interrupt Table read for ITTaddr 0x');
const EVENT = new Word(' EventID 0x');
const VALID = new Word(': valid ');
const TYPE = new Word(' inttype ');
const INTID = new Word(' intid 0x');

type Read = ReadBody<QemuAssembler>;
type Frame = Parameters<QemuGicv3['distributor']>[0];

/** `GICv3 ICC_IAR1 read cpu 0x0 value 0x1b`. */
function systemAccess(body: Parameters<Read>[0], write: boolean): SystemAccess {
  body.word(V3);
  const register = body.until(SPACE);
  body.word(write ? WRITE : READ);
  body.word(CPU);
  const cpu = body.hex();
  body.word(VALUE);
  const value = body.hexLong();
  return { register, write, cpu, value, high: body.high };
}

/** A system register. */
const system =
  (write: boolean, act: (gic: QemuGicv3, access: SystemAccess) => void): Read =>
  (body) => {
    const access = systemAccess(body, write);
    return body.whole(({ gicv3 }: QemuAssembler) => act(gicv3, access));
  };

/** A guest's, or one of its hypervisor. */
const virtual =
  (write: boolean, act: (gic: QemuGicv3Virtual, access: SystemAccess) => void): Read =>
  (body) => {
    const access = systemAccess(body, write);
    return body.whole(({ virtualGicv3 }: QemuAssembler) => act(virtualGicv3, access));
  };

/** `offset 0x204 data 0x2 size 4 secure 0`, behind what names the frame. */
function frame(body: Parameters<Read>[0], write: boolean): Frame {
  body.word(write ? WRITE : READ);
  body.word(OFFSET);
  const offset = body.hex();
  body.word(DATA);
  const value = body.hexLong();
  const { high } = body;
  body.word(SIZE);
  const size = body.decimal();
  body.word(SECURE);
  return { write, offset, value, high, size, secure: body.decimal() !== 0 };
}

const distributor =
  (write: boolean): Read =>
  (body) => {
    body.word(DISTRIBUTOR);
    const access = frame(body, write);
    return body.whole(({ gicv3 }: QemuAssembler) => gicv3.distributor(access));
  };

const redistributor =
  (write: boolean): Read =>
  (body) => {
    body.word(REDISTRIBUTOR);
    const cpu = body.hex();
    body.word(BLANK);
    const access = frame(body, write);
    return body.whole(({ gicv3 }: QemuAssembler) => gicv3.redistributor(cpu, access));
  };

/** ` 27 level changed to 1`, behind what names the frame. */
function levelOf(body: Parameters<Read>[0]): { id: number; level: 0 | 1 } {
  body.word(INTERRUPT);
  const id = body.decimal();
  body.word(CHANGED);
  return { id, level: body.decimal() === 0 ? 0 : 1 };
}

const sharedLine: Read = (body) => {
  body.word(DISTRIBUTOR);
  const { id, level } = levelOf(body);
  return body.whole(({ gicv3 }: QemuAssembler) => gicv3.line(id, level));
};

const privateLine: Read = (body) => {
  body.word(REDISTRIBUTOR);
  const cpu = body.hex();
  body.word(BLANK);
  const { id, level } = levelOf(body);
  return body.whole(({ gicv3 }: QemuAssembler) => gicv3.line(id, level, cpu));
};

const sgi: Read = (body) => {
  body.word(REDISTRIBUTOR);
  const cpu = body.hex();
  body.word(SGI);
  const id = body.decimal();
  return body.whole(({ gicv3 }: QemuAssembler) => gicv3.sgi(id, cpu));
};

const maintenance: Read = (body) => {
  body.word(INTERFACE);
  const cpu = body.hex();
  body.word(SETTING);
  const level = body.decimal() === 0 ? 0 : 1;
  return body.whole(({ virtualGicv3 }: QemuAssembler) => virtualGicv3.maintenance(cpu, level));
};

const generate: Read = (body) => {
  body.word(INTERFACE);
  const cpu = body.hex();
  body.word(GENERATING);
  const id = body.decimal();
  body.word(MODE);
  const others = body.decimal() === 1;
  body.word(AFFINITY);
  const affinity = body.hex();
  body.word(ANY_AFF0);
  const targets = body.hex();
  return body.whole(({ gicv3 }: QemuAssembler) => gicv3.generated(cpu, id, others ? undefined : { first: affinity * 0x100, targets }));
};

const its =
  (effect: ItsEffect): Read =>
  (body) =>
    body.begun((qemu: QemuAssembler) => qemu.its.asked(effect));

const itsEntry: Read = (body) => {
  body.word(ENTRY);
  body.hexLong();
  body.word(EVENT);
  body.hex();
  body.word(VALID);
  const valid = body.decimal();
  body.word(TYPE);
  const type = body.decimal();
  body.word(INTID);
  const id = body.hex();
  return body.begun((qemu: QemuAssembler) => qemu.its.entry(valid, type, id));
};

export const GIC_BODIES: Readonly<Record<string, Read>> = {
  gicv3_icc_iar0_read: system(false, (gic, access) => gic.acknowledged(access)),
  gicv3_icc_iar1_read: system(false, (gic, access) => gic.acknowledged(access)),
  gicv3_icc_nmiar1_read: system(false, (gic, access) => gic.acknowledgedNmi(access)),
  gicv3_icc_hppir0_read: system(false, (gic, access) => gic.highest(access)),
  gicv3_icc_hppir1_read: system(false, (gic, access) => gic.highest(access)),
  gicv3_icc_eoir_write: system(true, (gic, access) => gic.ended(access)),
  gicv3_icc_dir_write: system(true, (gic, access) => gic.deactivated(access)),
  gicv3_icc_pmr_write: system(true, (gic, access) => gic.mask(access)),
  gicv3_icc_pmr_read: system(false, (gic, access) => gic.mask(access)),
  gicv3_icc_bpr_write: system(true, (gic, access) => gic.point(access)),
  gicv3_icc_bpr_read: system(false, (gic, access) => gic.point(access)),
  gicv3_icc_ctlr_write: system(true, (gic, access) => gic.mode(access)),
  gicv3_icc_ctlr_read: system(false, (gic, access) => gic.mode(access)),
  gicv3_icc_ctlr_el3_write: system(true, (gic) => gic.monitor()),
  gicv3_icc_igrpen_write: system(true, (gic, access) => gic.groupEnable(access)),
  gicv3_icc_igrpen_read: system(false, (gic, access) => gic.groupEnable(access)),
  gicv3_icc_igrpen1_el3_write: system(true, (gic) => gic.monitor()),
  gicv3_icc_rpr_read: system(false, (gic, access) => gic.running(access)),
  gicv3_icc_ap_write: system(true, (gic, access) => gic.priorities(access)),
  gicv3_icv_pmr_read: virtual(false, (gic, access) => gic.guestRead(access)),
  gicv3_icv_bpr_read: virtual(false, (gic, access) => gic.guestRead(access)),
  gicv3_icv_igrpen_read: virtual(false, (gic, access) => gic.guestRead(access)),
  gicv3_icv_ctlr_read: virtual(false, (gic, access) => gic.guestRead(access)),
  gicv3_ich_vmcr_read: virtual(false, (gic, access) => gic.guestRead(access)),
  gicv3_icv_rpr_read: virtual(false, (gic, access) => gic.guestRunning(access)),
  gicv3_icv_hppir_read: virtual(false, (gic, access) => gic.guestHighest(access)),
  gicv3_icv_iar_read: virtual(false, (gic, access) => gic.guestAcknowledged(access)),
  gicv3_icv_nmiar1_read: virtual(false, (gic, access) => gic.guestAcknowledgedNmi(access)),
  gicv3_icv_eoir_write: virtual(true, (gic, access) => gic.guestEnded(access)),
  gicv3_icv_dir_write: virtual(true, (gic, access) => gic.guestDeactivated(access)),
  gicv3_icv_ctlr_write: virtual(true, (gic, access) => gic.guestMode(access)),
  gicv3_icv_pmr_write: virtual(true, (gic, access) => gic.guestMask(access)),
  gicv3_icv_bpr_write: virtual(true, (gic, access) => gic.guestPoint(access)),
  gicv3_icv_igrpen_write: virtual(true, (gic, access) => gic.guestGroupEnable(access)),
  gicv3_icv_ap_write: virtual(true, (gic, access) => gic.loaded(access)),
  gicv3_ich_hcr_write: virtual(true, (gic, access) => gic.control(access)),
  gicv3_ich_ap_write: virtual(true, (gic, access) => gic.loaded(access)),
  gicv3_ich_vmcr_write: virtual(true, (gic, access) => gic.machine(access)),
  gicv3_ich_vtr_read: virtual(false, (gic, access) => gic.type(access)),
  gicv3_ich_lr_write: virtual(true, (gic, access) => gic.listWritten(access)),
  gicv3_ich_lr_read: virtual(false, (gic, access) => gic.listRead(access)),
  gicv3_ich_misr_read: virtual(false, (gic, access) => gic.status('misr', access)),
  gicv3_ich_eisr_read: virtual(false, (gic, access) => gic.status('eisr', access)),
  gicv3_cpuif_virt_set_maint_irq: maintenance,
  gicv3_ich_elrsr_read: virtual(false, (gic, access) => gic.status('elrsr', access)),
  gicv3_dist_set_irq: sharedLine,
  gicv3_redist_set_irq: privateLine,
  gicv3_redist_send_sgi: sgi,
  gicv3_icc_generate_sgi: generate,
  gicv3_dist_write: distributor(true),
  gicv3_dist_read: distributor(false),
  gicv3_redist_write: redistributor(true),
  gicv3_redist_read: redistributor(false),
  gicv3_its_translation_write: its('message'),
  gicv3_its_cmd_int: its('sets'),
  gicv3_its_cmd_clear: its('clears'),
  gicv3_its_cmd_discard: its('clears'),
  gicv3_its_cmd_inv: its('none'),
  gicv3_its_cmd_movi: its('none'),
  gicv3_its_cmd_mapi: its('unknown'),
  gicv3_its_cmd_mapti: its('unknown'),
  gicv3_its_ite_read: itsEntry,
  ...GICV2_BODIES,
};
