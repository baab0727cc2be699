// A guest's accesses to its GIC, at addresses that nothing names: what is told, and when. Bodies as Linux 6.1 prints them; registers as
// Arm IHI 0069, 12.8 to 12.12, and IHI 0048B, 4.3, have them, addresses of QEMU's virt machine and of others.

import { describe, expect, test } from 'vitest';
import { line, tell, thread } from '../ftrace/text.js';

const DIST = 0x800_0000;
const RD = 0x80a_0000;
const hex = (n: number): string => `0x${n.toString(16)}`;
const write = (gpa: number, val: string, len = 4): string => `kvm_mmio: mmio write len ${len} gpa ${hex(gpa)} val ${val}`;
const read = (gpa: number, val: string, len = 4): string => `kvm_mmio: mmio read len ${len} gpa ${hex(gpa)} val ${val}`;
const queue = (id: number, enabled: 0 | 1): string => `vgic_queue_irq: (vgic_queue_irq_unlock+0x0/0x1b0) kvm=0x1 intid=${id} line=0 latch=0 active=0 enabled=${enabled} hw=0`;
const entry = 'kvm_entry: PC: 0xffffa361800a9a70';
/** What tells that the machine is an arm64 one, GICv3, and where. */
const v3 = [entry, read(DIST + 0xffe8, '0x3b'), read(DIST + 8, '0x4b00243b')];
/** GICR_TYPER of vCPU `cpu`: Processor_Number and Affinity_Value. */
const typer = (cpu: number): string => read(RD + cpu * 0x2_0000 + 8, `0x${cpu.toString(16).padStart(8, '0')}0000${cpu.toString(16).padStart(2, '0')}11`, 8);
const heard = (...bodies: string[]): unknown[] => tell(thread(...bodies)).filter((event) => !['meta.cfg', 'meta.chan'].includes((event as { kind: string }).kind));

describe('where it is', () => {
  test('the distributor is where a register identifies it', () => {
    expect(heard(...v3, write(DIST + 0x104, '0x100'))).toEqual([{ kind: 'gic.en', id: 40, val: 1 }]);
    expect(heard(entry, read(0x3fff_0008, '0x4b00143b'), write(0x3fff_0104, '0x100'))).toEqual([{ kind: 'gic.en', id: 40, val: 1 }]);
  });

  test.each([
    ['another product', read(DIST + 8, '0x0200143b')],
    ['another register', read(DIST + 0xc, '0x4b00143b')],
    ['another width', read(DIST + 8, '0x4b00143b', 8)],
  ])('not where %s does', (_, body) => {
    expect(heard(entry, body, write(DIST + 0x104, '0x100'))).toEqual([]);
  });

  test('and where a write makes KVM look at the interrupt that it names: that write is told, too', () => {
    const look = { kind: 'vgic.irq', vid: 40, line: 0, latch: 0, active: 0, enabled: 1, hw: 0 };
    expect(heard(entry, write(DIST + 0x104, '0x100'), queue(40, 1), write(DIST + 0x184, '0x100'))).toEqual([{ kind: 'gic.en', id: 40, val: 1 }, look, { kind: 'gic.en', id: 40, val: 0 }]);
    expect(heard(entry, write(DIST + 0x204, '0x100'), queue(40, 1)).slice(0, 1)).toEqual([{ kind: 'gic.pend', id: 40, val: 1 }]);
  });

  test.each([
    ['it does not name', [write(DIST + 0x104, '0x100'), queue(41, 1)]],
    ['is raised in between', [write(DIST + 0x104, '0x100'), 'vgic_update_irq_pending: VCPU: 0, IRQ 40, level: 1', queue(40, 1)]],
    ['comes behind an entry', [write(DIST + 0x104, '0x100'), entry, queue(40, 1)]],
  ])('not where the interrupt %s', (_, bodies) => {
    expect(heard(entry, ...bodies).map((event) => (event as { kind: string }).kind)).not.toContain('gic.en');
  });

  test('a redistributor is where its type is of one vCPU; the ITS has a register there, too', () => {
    expect(heard(entry, typer(1), write(RD + 0x3_0100, '0x8000000'))).toEqual([{ kind: 'gic.en', id: 27, cpu: 1, val: 1 }]);
    expect(heard(entry, read(0x808_0008, '0x1eff71', 8), write(0x809_0100, '0x8000000'))).toEqual([]);
  });

  test('on x86 there is none', () => {
    expect(heard('kvm_entry: vcpu 0, rip 0xfff0', read(DIST + 8, '0x4b00143b'), write(DIST + 0x104, '0x100'))).toEqual([]);
  });
});

describe('what is told', () => {
  const at = (...bodies: string[]): unknown[] => heard(...v3, typer(0), ...bodies);

  test('enable, pending and active bits, one by one', () => {
    expect(at(write(DIST + 0x108, '0x80000001'))).toEqual([
      { kind: 'gic.en', id: 64, val: 1 },
      { kind: 'gic.en', id: 95, val: 1 },
    ]);
    expect(at(write(DIST + 0x284, '0x2'), write(DIST + 0x304, '0x2'), write(DIST + 0x384, '0x2'))).toEqual([
      { kind: 'gic.pend', id: 33, val: 0 },
      { kind: 'gic.act', id: 33, val: 1 },
      { kind: 'gic.act', id: 33, val: 0 },
    ]);
  });

  test('priorities have five bits, by bytes and by words', () => {
    expect(at(write(DIST + 0x428, '0xff', 1))).toEqual([{ kind: 'gic.prio', id: 40, val: 0xf8 }]);
    expect(at(read(DIST + 0x428, '0xa8a090a0'))).toEqual([0xa0, 0x90, 0xa0, 0xa8].map((prio, i) => ({ kind: 'gic.read', id: 40 + i, prio })));
  });

  test('triggers of SPIs', () => {
    expect(at(write(DIST + 0xc08, '0x00020000')).at(8)).toEqual({ kind: 'gic.cfg', id: 40, trig: 'edge' });
    expect(at(write(RD + 0x1_0c04, '0x00020000'))).toEqual([]);
  });

  test('routes are affinities of vCPUs, sixteen to a cluster, of those whose redistributors have told', () => {
    const type18 = read(RD + 18 * 0x2_0000 + 8, '0x0000010200001211', 8);
    expect(at(typer(3), type18, write(DIST + 0x6140, '0x3', 8), write(DIST + 0x6148, '0x102', 8), write(DIST + 0x6150, '0x2', 8))).toEqual([
      { kind: 'gic.route', id: 40, cpu: 3 },
      { kind: 'gic.route', id: 41, cpu: 18 },
      { kind: 'gic.route', id: 42 },
    ]);
    expect(at(typer(3), read(DIST + 0x6140, '0x3', 8))).toEqual([{ kind: 'gic.read', id: 40, to: 3 }]);
  });

  test('user space may have given vCPU 1 the affinity of another', () => {
    expect(at(read(RD + 0x2_0008, '0x0000000200000111', 8), write(DIST + 0x6140, '0x2', 8), write(RD + 0x3_0100, '0x1'))).toEqual([{ kind: 'gic.route', id: 40 }]);
  });

  test('what reads as pending or active is not: list registers hold what is not in it', () => {
    expect(at(read(DIST + 0x204, '0x1'), read(DIST + 0x304, '0x1'))).toEqual([]);
  });

  test('group 1 is switched on by the second bit, in GICv2 there is the first', () => {
    expect(at(write(DIST, '0x12'), write(DIST, '0x10'))).toEqual([{ kind: 'gic.dist', val: 1 }, { kind: 'gic.dist', val: 0 }]);
  });

  test('accesses of a size that KVM refuses do nothing', () => {
    expect(at(write(DIST + 0x104, '0x100', 1), write(DIST + 0x104, '0x100', 8))).toEqual([]);
  });

  test('LPIs may change wherever the ITS or a redistributor may be written to', () => {
    expect(at(write(0x808_0088, '0x40', 8), write(RD, '0x1'), write(DIST + 0x88, '0xffffffff')).filter((event) => (event as { kind: string }).kind === 'vgic.lpis')).toHaveLength(2);
  });
});

describe('GICv2', () => {
  const v2 = ['kvm_timer_update_irq: VCPU: 1, IRQ 27, level 0', entry, read(DIST + 8, '0x4b00143b'), read(DIST + 4, '0x23'), write(DIST + 0x100, '0x8000000'), queue(27, 1)];
  const at = (...bodies: string[]): unknown[] => heard(...v2, ...bodies).slice(heard(...v2).length);

  test('is known by an enable of a PPI in the distributor, which is of the vCPU that writes', () => {
    expect(at(write(DIST + 0x180, '0x8000000'))).toEqual([{ kind: 'gic.en', id: 27, cpu: 1, val: 0 }]);
  });

  test('of the targets KVM takes the lowest', () => {
    expect(at(write(DIST + 0x828, '0x6', 1))).toEqual([{ kind: 'gic.route', id: 40, cpu: 1 }]);
  });

  test('an SGI goes to the vCPUs of the list that there are', () => {
    expect(at(write(DIST + 0xf00, '0x70004'))).toEqual([0, 1].map((cpu) => ({ kind: 'gic.pend', id: 4, val: 1, cpu, srccpu: 1 })));
    expect(at(write(DIST + 0xf00, '0x1000004'))).toEqual([]);
  });
});

describe('which vCPU a thread runs', () => {
  const load = (cpu: number, level = 0): string => `kvm_timer_update_irq: VCPU: ${cpu}, IRQ 27, level ${level}`;
  const entered = (...bodies: string[]): unknown[] => tell(thread(...bodies)).filter((event) => (event as { kind: string }).kind === 'cpu.enter');

  test('each load of one tells, also of a thread that runs several in turn', () => {
    expect(entered(load(0), entry, load(1), entry, load(0), entry)).toEqual([0, 1, 0].map((cpu) => ({ kind: 'cpu.enter', cpu })));
  });

  test('a timer of the host may raise the line of another one, in a handler', () => {
    expect(entered(load(0), load(1, 1), entry)).toEqual([]);
    const handler = ['irq_handler_entry: irq=3 name=arch_timer', load(1, 1), 'irq_handler_exit: irq=3 ret=handled'];
    expect(entered(load(0), ...handler, entry)).toEqual([]);
    expect(entered(...handler.slice(0, 1), ...handler.slice(2), load(0), load(1, 1), entry)).toEqual([{ kind: 'cpu.enter', cpu: 1 }]);
  });

  test('a probe that names another one by its pointer, behind no load, leaves it open', () => {
    const fold = (pointer: string): string => `vgic_fold_lr: (ffffb6a92e073f30) vcpu=${pointer}`;
    expect(entered(load(0), fold('0xffff000003b3c740'), entry, fold('0xffff000003b3a3a0'), entry)).toEqual([{ kind: 'cpu.enter', cpu: 0 }]);
    expect(tell(thread(load(0), entry), line(741, 1, 1_000_100, load(1)), line(741, 1, 1_000_200, entry)).at(-1)).toEqual({ kind: 'cpu.enter', cpu: 1 });
  });
});
