// QEMU's lines of the GICs as events. Lines as QEMU 7.2 prints them; fields by Arm IHI 0048B (GICv2) and IHI 0069 (GICv3, list registers).

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import type { StreamInfo } from '../../../src/import/format.js';

const COMMON = new Set(['seq', 'ns', 'on', 'tid', 'stream', 'at', 'name']);

/** Litmus-like text of an event, configuration left out. */
const textOf = (event: Event): string =>
  [event.kind, ...Object.entries(event).filter(([key, value]) => key !== 'kind' && !COMMON.has(key) && value !== undefined).map(([key, value]) => `${key}=${value}`)].join(' ');

function read(...lines: string[]): string[] {
  const info: StreamInfo = { file: 'q.log', format: 'qemu-log', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = qemuLog.open(info, 0);
  const events: Event[] = [];
  decoder.push(Buffer.from(lines.map((line) => (line.includes('@') ? `${line}\n` : `7@1.000000:${line}\n`)).join('')), events);
  decoder.end(events);
  expect(info.losses).toEqual([]);
  return events.filter(({ kind }) => kind !== 'meta.cfg').map(textOf);
}

describe('GICv3', () => {
  test.each([
    ['gicv3_dist_set_irq GICv3 distributor interrupt 35 level changed to 1', ['gic.in id=35 level=1']],
    ['gicv3_redist_set_irq GICv3 redistributor 0x1 interrupt 27 level changed to 0', ['gic.in id=27 level=0 cpu=1']],
    ['gicv3_redist_send_sgi GICv3 redistributor 0x100 pending SGI 3', ['gic.pend id=3 val=1 cpu=256']],
    ['gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b', ['gic.iar cpu=0 id=27 group=1']],
    ['gicv3_icc_iar0_read GICv3 ICC_IAR0 read cpu 0x0 value 0x3ff', ['gic.iar cpu=0 id=1023 group=0']],
    ['gicv3_icc_eoir_write GICv3 ICC_EOIR1 write cpu 0x1 value 0x2009', ['gic.eoir cpu=1 id=8201 group=1']],
    ['gicv3_icc_dir_write GICv3 ICC_DIR write cpu 0x0 value 0x21', ['gic.dir cpu=0 id=33']],
    ['gicv3_icc_ctlr_write GICv3 ICC_CTLR write cpu 0x0 value 0x2', ['gic.eoimode cpu=0 val=1']],
    ['gicv3_icc_pmr_write GICv3 ICC_PMR write cpu 0x0 value 0xf0', ['gic.pmr cpu=0 val=240']],
    ['gicv3_icc_rpr_read GICv3 ICC_RPR read cpu 0x0 value 0xff', ['gic.rpr cpu=0 val=255']],
    ['gicv3_icc_igrpen_write GICv3 ICC_IGRPEN1 write cpu 0x0 value 0x1', ['gic.grpen cpu=0 val=1 group=1']],
    ['gicv3_icc_hppir1_read GICv3 ICC_HPPIR1 read cpu 0x0 value 0x21', ['gic.hppir cpu=0 id=33 group=1']],
    // ICACTIVER0 bit 27, ISACTIVER1 bit 1, two priorities of a halfword, triggers of 70 and 71, affinity 0.0.1.2.
    ['gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x10380 data 0x8000000 size 4 secure 0', ['gic.act id=27 cpu=1 val=0']],
    ['gicv3_dist_write GICv3 distributor write: offset 0x304 data 0x2 size 4 secure 0', ['gic.act id=33 val=1']],
    ['gicv3_dist_write GICv3 distributor write: offset 0x421 data 0xa0 size 1 secure 0', ['gic.prio id=33 val=160']],
    ['gicv3_dist_write GICv3 distributor write: offset 0x6108 data 0x102 size 8 secure 0', ['gic.route id=33 cpu=258']],
    ['gicv3_dist_write GICv3 distributor write: offset 0x6108 data 0x80000000 size 8 secure 0', ['gic.route id=33']],
    // SGIs and PPIs have no registers in the distributor.
    ['gicv3_dist_write GICv3 distributor write: offset 0x180 data 0xffffffff size 4 secure 0', []],
  ])('%s', (line, events) => {
    expect(read(line)).toEqual(events);
  });

  test('each bit of a state register that is read is known', () => {
    const events = read('gicv3_dist_read GICv3 distributor read: offset 0x204 data 0x2 size 4 secure 0');
    expect(events).toHaveLength(32);
    expect(events.slice(0, 2)).toEqual(['gic.read id=32 pend=0', 'gic.read id=33 pend=1']);
  });

  test('which group a bit of GICD_CTLR enables is known once there is one Security state', () => {
    const write = 'gicv3_dist_write GICv3 distributor write: offset 0x0 data 0x2 size 4 secure 0';
    expect(read(write)).toEqual(['gic.dist group=0', 'gic.dist group=1']);
    expect(read('gicv3_dist_read GICv3 distributor read: offset 0x0 data 0x50 size 4 secure 0', write).slice(2)).toEqual(['gic.dist group=0 val=0', 'gic.dist group=1 val=1']);
  });

  test('an LPI may be pending after a message or INT, not after INV', () => {
    const entry = 'gicv3_its_ite_read GICv3 ITS: Interrupt Table read for ITTaddr 0x4852e800 EventID 0x1: valid 1 inttype 1 intid 0x2009 ICID 0x0 vPEID 0x0 doorbell 0x0';
    expect(read('gicv3_its_translation_write GICv3 ITS TRANSLATER write: offset 0x40 data 0x1 size 4 requester_id 0x10', entry)).toEqual(['gic.pend id=8201']);
    expect(read('gicv3_its_cmd_inv GICv3 ITS: command INV DeviceID 0x10 EventID 0x1', entry)).toEqual([]);
  });
});

describe('the guest of a hypervisor', () => {
  const list = (value: string): string => `gicv3_ich_lr_write GICv3 ICH_LR0_EL2 write cpu 0x1 value ${value}`;

  test('the physical GIC is told apart from the first virtualization register on', () => {
    const ack = 'gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b';
    expect(read(ack, 'gicv3_ich_vtr_read GICv3 ICH_VTR read cpu 0x0 value 0x90b80003', ack, 'gicv3_icv_iar_read GICv3 ICV_IAR1 read cpu 0x0 value 0x1b')).toEqual([
      'gic.iar cpu=0 id=27 group=1',
      'gic.physical',
      'pgic.iar cpu=0 id=27 group=1',
      'gic.iar cpu=0 id=27 group=1',
    ]);
  });

  test('list registers: pending with a physical interrupt, then read empty', () => {
    expect(read(list('0x70a0001b0000001b'), 'gicv3_ich_elrsr_read GICv3 ICH_ELRSR read cpu 0x1 value 0xf', list('0x0')).slice(1)).toEqual([
      'vgic.map vid=27 pid=27',
      'vgic.flush cpu=1 lr=0 vid=27 st=P hw=1 pid=27',
      'vgic.fold cpu=1 lr=0 vid=27 st=I',
    ]);
  });

  test('a level with its EOI bit, read back ended', () => {
    expect(read(list('0x50a0020000000024'), 'gicv3_ich_lr_read GICv3 ICH_LR0_EL2 read cpu 0x1 value 0x10a0020000000024').slice(1)).toEqual([
      'vgic.flush cpu=1 lr=0 vid=36 st=P hw=0 eoi=1',
      'vgic.fold cpu=1 lr=0 vid=36 st=I',
    ]);
  });

  test('GICv2: the list register names its CPU, `vcpu` is the guest', () => {
    expect(read('gic_lr_entry cpu 1: new lr entry 0: 0x9a006c1b', 'gic_cpu_read vcpu 1 iface read at 0x0000000c: 0x0000001b').slice(1)).toEqual([
      'gic.load cpu=1',
      'vgic.map vid=27 pid=27',
      'vgic.flush cpu=1 lr=0 vid=27 st=P hw=1 pid=27',
      'gic.iar cpu=1 id=27',
    ]);
  });
});

describe('GICv2', () => {
  const ONE_CPU = 'gic_dist_read dist read at 0x00000004 size 4: 0x00000008';
  const TWO_CPUS = 'gic_dist_read dist read at 0x00000004 size 4: 0x00000028';
  const enable = (tid: number): string => `${tid}@1.000000:gic_dist_write dist write at 0x00000100 size 4: 0x08000000`;
  const mask = (tid: number, cpu: number): string => `${tid}@1.000000:gic_cpu_write cpu ${cpu} iface write at 0x00000004 0x000000f0`;

  test.each([
    ['gic_set_irq irq 27 level 1 cpumask 0x2 target 0x2', ['gic.in id=27 level=1 cpu=1']],
    ['gic_set_irq irq 40 level 1 cpumask 0xff target 0x1', ['gic.in id=40 level=1 targets=1']],
    ['gic_cpu_read cpu 0 iface read at 0x0000000c: 0x00000403', ['gic.iar cpu=0 id=3 srccpu=1']],
    ['gic_cpu_write cpu 0 iface write at 0x00000010 0x00000028', ['gic.eoir cpu=0 id=40']],
    ['gic_cpu_write cpu 0 iface write at 0x00001000 0x00000028', ['gic.dir cpu=0 id=40']],
    ['gic_cpu_write cpu 0 iface write at 0x00000000 0x00000201', ['gic.grpen cpu=0 val=1 group=0', 'gic.grpen cpu=0 val=0 group=1', 'gic.eoimode cpu=0 val=1']],
    ['gic_dist_write dist write at 0x00000828 size 1: 0x00000003', ['gic.route id=40 targets=3']],
    ['gic_dist_write dist write at 0x00000c08 size 1: 0x00000008', ['gic.cfg id=32 trig=level', 'gic.cfg id=33 trig=edge', 'gic.cfg id=34 trig=level', 'gic.cfg id=35 trig=level']],
    // SGI 2 to CPUs 0 and 1; who sends it the line does not tell.
    ['gic_dist_write dist write at 0x00000f00 size 4: 0x00030002', ['gic.pend id=2 val=1 cpu=0', 'gic.pend id=2 val=1 cpu=1']],
  ])('%s', (line, events) => {
    expect(read(line)).toEqual(events);
  });

  test('the CPU of a banked register is the only one, or that of a thread that runs one of several', () => {
    expect(read(ONE_CPU, enable(7))).toEqual(['gic.en id=27 cpu=0 val=1']);
    expect(read(TWO_CPUS, mask(7, 0), mask(8, 1), enable(8)).at(-1)).toBe('gic.en id=27 cpu=1 val=1');
    expect(read(TWO_CPUS, mask(7, 0), enable(7)).at(-1)).toBe('gic.en id=27 val=1');
    expect(read(TWO_CPUS, mask(7, 0), mask(7, 1), enable(7)).at(-1)).toBe('gic.en id=27 val=1');
  });
});
