// QEMU's lines of the GICs, as QEMU 7.2 prints them with the numbers changed. Registers: Arm IHI 0048B 4.3 and 4.4, IHI 0069 12.9 to 12.11.

import { describe, expect, test } from 'vitest';
import { dist2, meaning, told } from './gic-lines.js';

const redist = (offset: number, data: number): string => `gicv3_redist_write GICv3 redistributor 0x1 write: offset 0x${offset.toString(16)} data 0x${data.toString(16)} size 4 secure 0`;
const dist = (offset: number, data: number): string => `gicv3_dist_write GICv3 distributor write: offset 0x${offset.toString(16)} data 0x${data.toString(16)} size 4 secure 0`;

describe('GICv3', () => {
  test('the way of a timer interrupt: line, acknowledge, priority drop, deactivation', () => {
    expect(
      told(
        'gicv3_icc_ctlr_write GICv3 ICC_CTLR write cpu 0x1 value 0x2',
        'gicv3_redist_set_irq GICv3 redistributor 0x1 interrupt 26 level changed to 1',
        'gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x1 value 0x1a',
        'gicv3_icc_eoir_write GICv3 ICC_EOIR1 write cpu 0x1 value 0x1a',
        'gicv3_icc_dir_write GICv3 ICC_DIR write cpu 0x1 value 0x1a',
      ),
    ).toEqual([
      { kind: 'gic.eoimode', cpu: 1, val: 1, common: 0 },
      { kind: 'gic.in', id: 26, level: 1, cpu: 1 },
      { kind: 'gic.iar', cpu: 1, id: 26, group: 1 },
      { kind: 'gic.eoir', cpu: 1, id: 26, group: 1 },
      { kind: 'gic.dir', cpu: 1, id: 26 },
    ]);
  });

  test('bits, priorities and triggers of a redistributor are of its CPU, those of the distributor of none', () => {
    const events = told(redist(0x1_0100, 0x0400_0002), redist(0x1_0404, 0x00a0_0000), dist(0x108, 0x1), dist(0x184, 0x2), dist(0xc08, 0x2));
    expect(events).toEqual(
      expect.arrayContaining([
        { kind: 'gic.en', id: 1, val: 1, cpu: 1 },
        { kind: 'gic.en', id: 26, val: 1, cpu: 1 },
        { kind: 'gic.prio', id: 6, val: 0xa0, cpu: 1 },
        { kind: 'gic.en', id: 64, val: 1 },
        { kind: 'gic.en', id: 33, val: 0 },
        { kind: 'gic.cfg', id: 32, trig: 'edge' },
        { kind: 'gic.cfg', id: 33, trig: 'level' },
      ]),
    );
    expect(events.filter((event) => Reflect.get(event, 'kind') === 'gic.en')).toHaveLength(4);
  });

  test('a list register makes the GIC so far the physical one', () => {
    expect(
      told(
        'gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b',
        'gicv3_ich_lr_write GICv3 ICH_LR2_EL2 write cpu 0x0 value 0x70a0001b0000001c',
        'gicv3_icv_iar_read GICv3 ICV_IAR1 read cpu 0x0 value 0x1c',
        'gicv3_icc_dir_write GICv3 ICC_DIR write cpu 0x0 value 0x1b',
      ),
    ).toEqual([
      { kind: 'gic.iar', cpu: 0, id: 27, group: 1 },
      { kind: 'gic.physical' },
      // ICH_LR: state 01 pending, HW, group 1, priority 0xa0, pINTID 0x1b, vINTID 0x1c.
      { kind: 'vgic.map', vid: 28, pid: 27, cpu: 0 },
      { kind: 'vgic.flush', cpu: 0, lr: 2, vid: 28, st: 'P', hw: 1, pid: 27, prio: 0xa0, group: 1 },
      { kind: 'gic.iar', cpu: 0, id: 28, group: 1 },
      { kind: 'pgic.dir', cpu: 0, id: 27 },
    ]);
  });
});

describe('GICv3', () => {
  test('an SGI is generated for CPUs of one cluster, or for all others', () => {
    expect(
      told(
        'gicv3_icc_generate_sgi GICv3 CPU i/f 0x0 generating SGI 3 IRM 0 target affinity 0x1xx targetlist 0x5',
        'gicv3_icc_generate_sgi GICv3 CPU i/f 0x1 generating SGI 4 IRM 1 target affinity 0x0xx targetlist 0x0',
      ),
    ).toEqual([
      { kind: 'gic.sgi', cpu: 0, id: 3, first: 0x100, targets: 5 },
      { kind: 'gic.sgi', cpu: 1, id: 4 },
    ]);
  });

  test('what a command of the ITS does to an LPI is told by the entry that it looks up, and by no later one', () => {
    const entry = 'gicv3_its_ite_read GICv3 ITS: Interrupt Table read for ITTaddr 0x40000000 EventID 0x1: valid 1 inttype 1 intid 0x2001 doorbell 0x3ff vpeid 0x0 icid 0x0';
    const clear = 'gicv3_its_cmd_clear GICv3 ITS: command CLEAR DeviceID 0x0 EventID 0x1';
    expect(told('gicv3_its_cmd_inv GICv3 ITS: command INV DeviceID 0x0 EventID 0x1', entry, entry)).toEqual([{ kind: 'gic.pend', id: 0x2001 }]);
    expect(told(clear, entry)).toEqual([{ kind: 'gic.pend', id: 0x2001 }]);
    // GICR_CTLR.EnableLPIs
    expect(told(redist(0, 1), clear, entry, entry)).toEqual([{ kind: 'gic.pend', id: 0x2001, val: 0 }, { kind: 'gic.pend', id: 0x2001 }]);
  });

  test('where a collection goes elsewhere it is open for which CPU the LPIs told so far are pending', () => {
    const entry = 'gicv3_its_ite_read GICv3 ITS: Interrupt Table read for ITTaddr 0x40000000 EventID 0x1: valid 1 inttype 1 intid 0x2001 ICID 0x0 vPEID 0x0 doorbell 0x3ff';
    const mapc = 'gicv3_its_cmd_mapc GICv3 ITS: command MAPC ICID 0x0 RDbase 0x1 V 1';
    const movall = 'gicv3_its_cmd_movall GICv3 ITS: command MOVALL RDbase1 0x0 RDbase2 0x1';
    expect(told(mapc, entry, mapc, movall)).toEqual([{ kind: 'gic.pend', id: 0x2001 }, { kind: 'gic.route', id: 0x2001 }, { kind: 'gic.route', id: 0x2001 }]);
  });
});

// As QEMU 10.0 prints them. GICD_INMIR<n>, GICR_INMIR0: Arm IHI 0069H, 12.9.22 and 12.11.24.
describe('a non-maskable interrupt', () => {
  const accessed = (what: 'read' | 'write', offset: number, data: number): string => `gicv3_dist_${what} GICv3 distributor ${what}: offset 0x${offset.toString(16)} data 0x${data.toString(16)} size 4 secure 0`;
  const icc = (event: string, value: string): string => `gicv3_icc_${event}_read GICv3 ICC_${event.toUpperCase()} read cpu 0x1 value 0x${value}`;
  /** What is told of INTID 40 and of 6, the private one. */
  const of = (id: number, ...lines: readonly string[]): object[] => told(...lines).filter((event) => Reflect.get(event, 'id') === id);

  test('has another priority than its register holds, before it is written and behind', () => {
    expect(of(40, dist(0x428, 0xa0), dist(0xf84, 0x100), dist(0x428, 0x80), accessed('read', 0x428, 0x80), dist(0xf84, 0), dist(0x428, 0x60))).toEqual([
      { kind: 'gic.prio', id: 40, val: 0xa0 },
      { kind: 'gic.prio', id: 40 },
      { kind: 'gic.prio', id: 40 },
      { kind: 'gic.prio', id: 40, val: 0x60 },
    ]);
    expect(of(6, redist(0x1_0404, 0x00a0_0000), redist(0x1_0f80, 0x40), redist(0x1_0404, 0x0080_0000))).toEqual([
      { kind: 'gic.prio', id: 6, val: 0xa0, cpu: 1 },
      { kind: 'gic.prio', id: 6, cpu: 1 },
      { kind: 'gic.prio', id: 6, cpu: 1 },
    ]);
  });

  test('is any whose bit is not known once one is used, as a bit that is read or ICC_NMIAR1_EL1 shows', () => {
    const priority = dist(0x428, 0xa0);
    for (const shown of [dist(0xf88, 1), accessed('read', 0xf88, 1), icc('iar1', '3fe'), icc('nmiar1', '3ff'), icc('rpr', '8000000000000080')]) {
      expect(of(40, priority, shown, priority)).toEqual([{ kind: 'gic.prio', id: 40, val: 0xa0 }, { kind: 'gic.prio', id: 40 }, { kind: 'gic.prio', id: 40 }]);
      expect(of(40, shown, accessed('read', 0xf84, 0), priority)).toEqual([{ kind: 'gic.prio', id: 40, val: 0xa0 }]);
    }
    expect(of(40, priority, accessed('read', 0xf88, 0), dist(0xf88, 0), icc('iar1', '3ff'), icc('rpr', 'a0'))).toEqual([{ kind: 'gic.prio', id: 40, val: 0xa0 }]);
  });

  test('is acknowledged by a register of its own, which passes over the others', () => {
    expect(told(dist(0x104, 1), icc('iar1', '3fe'), icc('nmiar1', '28'), icc('nmiar1', '3ff')).slice(1)).toEqual([
      { kind: 'gic.iar', cpu: 1, id: 1022, group: 1 },
      { kind: 'gic.prio', id: 40 },
      { kind: 'gic.iar', cpu: 1, id: 40, group: 1 },
    ]);
    // Where no write of the distributor is recorded none is told.
    expect(told(icc('nmiar1', '28'))).toEqual([{ kind: 'gic.iar', cpu: 1, id: 40, group: 1 }]);
    expect(of(40, accessed('read', 0x428, 0xa0), icc('nmiar1', '28'), dist(0x104, 1)).slice(-1)).toEqual([{ kind: 'gic.prio', id: 40 }]);
    const list = 'gicv3_ich_lr_write GICv3 ICH_LR0_EL2 write cpu 0x1 value 0x50a000000000001c';
    expect(told(list, 'gicv3_icv_nmiar1_read GICv3 ICV_NMIAR1 read cpu 0x1 value 0x3ff').map((event) => Reflect.get(event, 'kind'))).toEqual(['gic.physical', 'vgic.flush']);
  });
});

describe('the physical interrupt behind a list register', () => {
  const lr = (value: string): string => `gicv3_ich_lr_write GICv3 ICH_LR0_EL2 write cpu 0x0 value 0x${value}`;
  const maps = (...values: readonly string[]): object[] => told(...values.map(lr)).filter((event) => Reflect.get(event, 'kind') === 'vgic.map');

  // pINTID is bits 44 to 32, vINTID bits 31 to 0.
  test('is told whenever it is another one, also one that was there before', () => {
    expect(maps('70a0002300000024', '70a0002300000024', '70a0002800000024', '70a0002300000024')).toEqual([35, 40, 35].map((pid) => ({ kind: 'vgic.map', vid: 36, pid })));
  });
});

describe('list registers that there are', () => {
  const counts = (...lines: readonly string[]): number[] => meaning(lines).flatMap((event) => (event.kind === 'meta.cfg' && event.nrLr !== undefined ? [event.nrLr] : []));

  // ICH_VTR_EL2.ListRegs, bits 4 to 0, and GICH_VTR.ListRegs, bits 5 to 0, are one less than the number.
  test('stand in ICH_VTR_EL2 and GICH_VTR; where CPUs differ the fewest count', () => {
    const vtr = (cpu: number, value: string): string => `gicv3_ich_vtr_read GICv3 ICH_VTR read cpu 0x${cpu} value 0x${value}`;
    expect(counts(vtr(0, '90b80003'), vtr(1, '90b80003'))).toEqual([4]);
    expect(counts(vtr(0, '90b8000f'), vtr(1, '90b80003'), vtr(0, '90b8000f'))).toEqual([16, 4]);
    expect(counts('gic_hyp_read hyp read at 0x00000004: 0x9000003f', 'gic_hyp_read hyp read at 0x00000008: 0x00000000')).toEqual([64]);
    expect(counts('gic_hyp_write hyp write at 0x00000004: 0x90000003')).toEqual([]);
  });
});

test('where an SPI goes is told as it is read', () => {
  expect(told(dist2('read', 4, 0x28), dist2('read', 0x828, 0x0201)).slice(0, 2)).toEqual([
    { kind: 'gic.read', id: 40, targets: 1 },
    { kind: 'gic.read', id: 41, targets: 2 },
  ]);
  expect(told('gicv3_dist_read GICv3 distributor read: offset 0x6140 data 0x100000001 size 8 secure 0')).toEqual([{ kind: 'gic.read', id: 40, to: 0x100_0001 }]);
});

describe('a reset of the machine', () => {
  const acknowledge = 'gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1a';
  const status = (val: number): string => `virtio_set_status vdev 0x555557024c00 val ${val}`;
  const byMainLoop = (line: string): string => `8@1.000009:${line}`;
  /** The kinds of what the lines mean, where `8@` begins a line of another thread. */
  const kinds = (...lines: readonly string[]): string[] => meaning(lines).map(({ kind }) => kind).filter((kind) => kind !== 'meta.cfg');

  test('shows by a virtio device that a thread resets which has never accessed the GIC', () => {
    expect(kinds(acknowledge, byMainLoop(status(0)), acknowledge)).toEqual(['gic.iar', 'meta.chan', 'vm.reset', 'gic.iar']);
  });

  test('is none where the guest resets the device, or the device is set to anything else', () => {
    expect(kinds(acknowledge, status(0), byMainLoop(status(4)))).toEqual(['gic.iar']);
    expect(kinds(acknowledge, byMainLoop(acknowledge), byMainLoop(status(0)))).toEqual(['gic.iar', 'gic.iar']);
  });

  test('is of no account before the GIC is in use', () => {
    expect(kinds(byMainLoop(status(0)), acknowledge)).not.toContain('vm.reset');
  });

  test('shows all the same where the thread has driven a line', () => {
    expect(kinds(acknowledge, byMainLoop('gicv3_dist_set_irq GICv3 distributor interrupt 40 level changed to 1'), byMainLoop(status(0)))).toEqual(['gic.iar', 'gic.in', 'meta.chan', 'vm.reset']);
  });

  test('is never unseen once a virtio device has shown one, also that before the GIC is in use', () => {
    const covers = (...lines: readonly string[]): unknown[] => meaning(lines).flatMap((event) => (event.kind === 'meta.chan' ? [[event.chan, event.cover]] : []));
    expect(covers(byMainLoop(status(0)), acknowledge, acknowledge, byMainLoop(status(0)))).toEqual([['vm.reset', 'full']]);
    expect(covers(status(0), acknowledge)).toEqual([]);
    expect(covers(acknowledge, status(0))).toEqual([]);
  });
});

test('with a common binary point a write of that of group 1 is ignored', () => {
  const ctlr = (common: 0 | 1): string => `gicv3_icc_ctlr_write GICv3 ICC_CTLR write cpu 0x0 value 0x${common}`;
  const point = 'gicv3_icc_bpr_write GICv3 ICC_BPR1 write cpu 0x0 value 0x7';
  expect(told(ctlr(1), point)).toContainEqual({ kind: 'gic.bpr', cpu: 0, group: 1 });
  expect(told(ctlr(0), point)).toContainEqual({ kind: 'gic.bpr', cpu: 0, val: 7, group: 1 });
});
