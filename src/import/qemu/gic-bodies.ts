// QEMU's events of the GICs (hw/intc/trace-events, 5.2 to 11.1). Most of `gicv3_cpuif_*` and `gic_update_*` only follow from others.

import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import { fitsIn } from './access.js';
import type { QemuAssembler } from './assembler.js';
import { GICV2_BODIES } from './gicv2-bodies.js';
import type { QemuGicv3Virtual } from './gicv3-virtual.js';
import type { QemuGicv3 } from './gicv3.js';
import type { SystemAccess } from './gicv3-access.js';
import { ITS_BODIES } from './its-bodies.js';
import { FLAG, LONGER_ACCESS, SGIS, SPECIAL_INTID } from './limits.js';

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

type Read = ReadBody<QemuAssembler>;
type Frame = Parameters<QemuGicv3['distributor']>[0];

/** What each access of a system register means to one of the two models, by the event's name without `gicv3_`. */
type Accesses<Gic> = Readonly<Record<string, (gic: Gic, access: SystemAccess) => void>>;

/** `GICv3 ICC_IAR1 read cpu 0x0 value 0x1b` of gicv3_icc_iar1_read: the register's name begins as the event's. */
function systemBodies<Gic>(accesses: Accesses<Gic>, of: (qemu: QemuAssembler) => Gic): Readonly<Record<string, Read>> {
  return Object.fromEntries(
    Object.entries(accesses).map(([name, act]) => {
      const start = name.slice(0, name.lastIndexOf('_')).toUpperCase();
      const word = new Word(start);
      const write = name.endsWith('_write');
      const read: Read = (body) => {
        body.word(V3);
        body.word(word);
        const register = start + body.until(SPACE);
        body.word(write ? WRITE : READ);
        body.word(CPU);
        const cpu = body.hex();
        body.word(VALUE);
        const value = body.hexLong();
        const { high } = body;
        return body.whole((qemu: QemuAssembler) => act(of(qemu), { register, write, cpu, value, high }));
      };
      return [`gicv3_${name}`, read];
    }),
  );
}

/** `offset 0x204 data 0x2 size 4 secure 0`, behind what names the frame. */
function frame(body: Parameters<Read>[0], write: boolean): Frame | undefined {
  body.word(write ? WRITE : READ);
  body.word(OFFSET);
  const offset = body.hex();
  body.word(DATA);
  const value = body.hexLong();
  const { high } = body;
  body.word(SIZE);
  const size = body.below(LONGER_ACCESS);
  body.word(SECURE);
  const secure = body.decimal() !== 0;
  return fitsIn(size, value, high) ? { write, offset, value, high, size, secure } : undefined;
}

const distributor =
  (write: boolean): Read =>
  (body) => {
    body.word(DISTRIBUTOR);
    const access = frame(body, write);
    return access && body.whole(({ gicv3 }: QemuAssembler) => gicv3.distributor(access));
  };

const redistributor =
  (write: boolean): Read =>
  (body) => {
    body.word(REDISTRIBUTOR);
    const cpu = body.hex();
    body.word(BLANK);
    const access = frame(body, write);
    return access && body.whole(({ gicv3 }: QemuAssembler) => gicv3.redistributor(cpu, access));
  };

/** ` 27 level changed to 1`, behind what names the frame. */
function levelOf(body: Parameters<Read>[0]): { id: number; level: 0 | 1 } {
  body.word(INTERRUPT);
  const id = body.below(SPECIAL_INTID);
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
  const id = body.below(SGIS);
  return body.whole(({ gicv3 }: QemuAssembler) => gicv3.sgi(id, cpu));
};

const maintenance: Read = (body) => {
  body.word(INTERFACE);
  const cpu = body.hex();
  body.word(SETTING);
  const level = body.below(FLAG) === 0 ? 0 : 1;
  return body.whole(({ virtualGicv3 }: QemuAssembler) => virtualGicv3.maintenance(cpu, level));
};

const generate: Read = (body) => {
  body.word(INTERFACE);
  const cpu = body.hex();
  body.word(GENERATING);
  const id = body.below(SGIS);
  body.word(MODE);
  const others = body.below(FLAG) === 1;
  body.word(AFFINITY);
  const affinity = body.hex();
  body.word(ANY_AFF0);
  const targets = body.hex();
  return body.whole(({ gicv3 }: QemuAssembler) => gicv3.generated(cpu, id, others ? undefined : { first: affinity * 0x100, targets }));
};

const PHYSICAL: Accesses<QemuGicv3> = {
  icc_iar0_read: (gic, access) => gic.acknowledged(access),
  icc_iar1_read: (gic, access) => gic.acknowledged(access),
  icc_nmiar1_read: (gic, access) => gic.acknowledgedNmi(access),
  icc_hppir0_read: (gic, access) => gic.highest(access),
  icc_hppir1_read: (gic, access) => gic.highest(access),
  icc_eoir_write: (gic, access) => gic.ended(access),
  icc_dir_write: (gic, access) => gic.deactivated(access),
  icc_pmr_write: (gic, access) => gic.mask(access),
  icc_pmr_read: (gic, access) => gic.mask(access),
  icc_bpr_write: (gic, access) => gic.point(access),
  icc_bpr_read: (gic, access) => gic.point(access),
  icc_ctlr_write: (gic, access) => gic.mode(access),
  icc_ctlr_read: (gic, access) => gic.mode(access),
  icc_ctlr_el3_write: (gic) => gic.monitor(),
  icc_igrpen_write: (gic, access) => gic.groupEnable(access),
  icc_igrpen_read: (gic, access) => gic.groupEnable(access),
  icc_igrpen1_el3_write: (gic) => gic.monitor(),
  icc_rpr_read: (gic, access) => gic.running(access),
  icc_ap_write: (gic, access) => gic.priorities(access),
};

/** Of a guest, or of its hypervisor. */
const VIRTUAL: Accesses<QemuGicv3Virtual> = {
  icv_pmr_read: (gic, access) => gic.guestRead(access),
  icv_bpr_read: (gic, access) => gic.guestRead(access),
  icv_igrpen_read: (gic, access) => gic.guestRead(access),
  icv_ctlr_read: (gic, access) => gic.guestRead(access),
  ich_vmcr_read: (gic, access) => gic.guestRead(access),
  icv_rpr_read: (gic, access) => gic.guestRunning(access),
  icv_hppir_read: (gic, access) => gic.guestHighest(access),
  icv_iar_read: (gic, access) => gic.guestAcknowledged(access),
  icv_nmiar1_read: (gic, access) => gic.guestAcknowledgedNmi(access),
  icv_eoir_write: (gic, access) => gic.guestEnded(access),
  icv_dir_write: (gic, access) => gic.guestDeactivated(access),
  icv_ctlr_write: (gic, access) => gic.guestMode(access),
  icv_pmr_write: (gic, access) => gic.guestMask(access),
  icv_bpr_write: (gic, access) => gic.guestPoint(access),
  icv_igrpen_write: (gic, access) => gic.guestGroupEnable(access),
  icv_ap_write: (gic, access) => gic.loaded(access),
  ich_hcr_write: (gic, access) => gic.control(access),
  ich_ap_write: (gic, access) => gic.loaded(access),
  ich_vmcr_write: (gic, access) => gic.machine(access),
  ich_vtr_read: (gic, access) => gic.type(access),
  ich_lr_write: (gic, access) => gic.listWritten(access),
  ich_lr_read: (gic, access) => gic.listRead(access),
  ich_misr_read: (gic, access) => gic.status('misr', access),
  ich_eisr_read: (gic, access) => gic.status('eisr', access),
  ich_elrsr_read: (gic, access) => gic.status('elrsr', access),
};

export const GIC_BODIES: Readonly<Record<string, Read>> = {
  ...systemBodies(PHYSICAL, ({ gicv3 }) => gicv3),
  ...systemBodies(VIRTUAL, ({ virtualGicv3 }) => virtualGicv3),
  gicv3_cpuif_virt_set_maint_irq: maintenance,
  gicv3_dist_set_irq: sharedLine,
  gicv3_redist_set_irq: privateLine,
  gicv3_redist_send_sgi: sgi,
  gicv3_icc_generate_sgi: generate,
  gicv3_dist_write: distributor(true),
  gicv3_dist_read: distributor(false),
  gicv3_redist_write: redistributor(true),
  gicv3_redist_read: redistributor(false),
  ...ITS_BODIES,
  ...GICV2_BODIES,
};
