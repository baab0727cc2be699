// QEMU's GICv2: distributor and CPU interfaces.

import { expect, test } from 'vitest';
import { dist2, told } from './gic-lines.js';

const ops = (what: 'read' | 'write', cpu: number, offset: number, data: number): string =>
  `memory_region_ops_${what} cpu ${cpu} mr 0x55f424b712a0 addr 0x${(0x800_0000 + offset).toString(16)} value 0x${data.toString(16)} size 4 name 'gic_dist'`;

test('the line of the memory region says whose SGIs and PPIs an access of the distributor is about', () => {
  // ICFGR1: INTID 27 level, 16 edge; ISENABLER0: 27; SGIR: SGI 3 to CPU 0.
  const [trigger, ...others] = told(
    dist2('read', 0xc04, 0x2), ops('read', 1, 0xc04, 0x2),
    ops('write', 1, 0x100, 0x0800_0000), dist2('write', 0x100, 0x0800_0000),
    ops('write', 1, 0xf00, 0x0001_0003), dist2('write', 0xf00, 0x0001_0003),
  ).filter((event) => !('id' in event && typeof event.id === 'number' && event.id > 16 && event.id < 32 && event.id !== 27));
  expect(trigger).toEqual({ kind: 'gic.read', id: 16, trig: 'edge', cpu: 1 });
  expect(others).toEqual([
    { kind: 'gic.read', id: 27, trig: 'level', cpu: 1 },
    { kind: 'gic.en', id: 27, val: 1, cpu: 1 },
    { kind: 'gic.pend', id: 3, val: 1, srccpu: 1, cpu: 0 },
  ]);
});

test('of another register, another value or no CPU it says nothing', () => {
  for (const line of [ops('read', 1, 0xc00, 0x2), ops('read', 1, 0xc04, 0x0), ops('read', -1, 0xc04, 0x2)]) expect(told(dist2('read', 0xc04, 0x2), line)).toEqual([]);
  for (const line of [ops('write', 1, 0x104, 0x2), ops('write', 1, 0x100, 0x4), ops('write', -1, 0x100, 0x2), ops('read', 1, 0x100, 0x2)])
    expect(told(line, dist2('write', 0x100, 0x0800_0000))).toEqual([{ kind: 'gic.en', id: 27, val: 1 }]);
});

// GICD_SPENDSGIR0 and GICD_CPENDSGIR1: a byte for each SGI, a bit for each source.
test('registers of pending SGIs show which are pending, on the only CPU or the one that reads', () => {
  const shown = [
    { kind: 'gic.read', id: 0, pend: 0, cpu: 0 },
    { kind: 'gic.read', id: 1, pend: 1, cpu: 0 },
    { kind: 'gic.read', id: 2, pend: 0, cpu: 0 },
    { kind: 'gic.read', id: 3, pend: 1, cpu: 0 },
  ];
  expect(told(dist2('read', 0x4, 0x8), dist2('read', 0xf20, 0x0300_0200))).toEqual(shown);
  expect(told(dist2('read', 0xf14, 0x0300_0200), ops('read', 1, 0xf14, 0x0300_0200))).toEqual(shown.map((event) => ({ ...event, id: event.id + 4, cpu: 1 })));
  expect(told(dist2('read', 0xf20, 0x0300_0200))).toEqual([]);
});

test('the control register is told at the first read behind a write, and whenever it differs', () => {
  const read = (data: number): string => dist2('read', 0x0, data);
  const ctlr = (grp0: 0 | 1, grp1: 0 | 1): object => ({ kind: 'gic.ctlr', grp0, grp1 });
  expect(told(dist2('write', 0x0, 0x3), read(0x3), read(0x3)).slice(2)).toEqual([ctlr(1, 1)]);
  expect(told(dist2('write', 0x0, 0x3), read(0x2), read(0x2)).slice(2)).toEqual([ctlr(0, 1), { kind: 'gic.dist', group: 0, val: 0 }, { kind: 'gic.dist', group: 1, val: 1 }]);
  expect(told(read(0x3))).toEqual([]);
});

test('an SGI names its source, an SPI does not', () => {
  expect(told('gic_cpu_read cpu 1 iface read at 0x0000000c: 0x00000803', 'gic_cpu_write cpu 1 iface write at 0x00000010 0x00000803', 'gic_cpu_read cpu 1 iface read at 0x0000000c: 0x00000028')).toEqual([
    { kind: 'gic.iar', cpu: 1, id: 3, srccpu: 2 },
    { kind: 'gic.eoir', cpu: 1, id: 3, srccpu: 2 },
    { kind: 'gic.iar', cpu: 1, id: 40 },
  ]);
});

test('which CPU accesses the distributor shows only where there is one', () => {
  const sgi = dist2('write', 0xf00, 0x0001_0005);
  expect(told(sgi)).toEqual([{ kind: 'gic.pend', id: 5, val: 1, cpu: 0 }]);
  // GICD_TYPER of one CPU and 288 INTIDs
  expect(told(dist2('read', 0x4, 0x8), sgi)).toContainEqual({ kind: 'gic.pend', id: 5, val: 1, cpu: 0, srccpu: 0 });
});

// hw/intc/arm_gic.c gic_acknowledge_irq: the line comes before the running priority is looked at.
test('an acknowledge prints the highest pending interrupt first, which it need not return', () => {
  const acknowledges = (id: number, what = 'cpu 1'): string => `gic_acknowledge_irq ${what} acknowledged irq ${id}`;
  const read = (value: string, cpu = 1): string => `gic_cpu_read cpu ${cpu} iface read at 0x0000000c: 0x00000${value}`;
  expect(told(acknowledges(40), read('3ff'))).toEqual([{ kind: 'gic.hppir', cpu: 1, id: 40 }, { kind: 'gic.iar', cpu: 1, id: 1023 }]);
  expect(told(acknowledges(1023), read('3ff'))).toEqual([{ kind: 'gic.hppir', cpu: 1, id: 1023 }, { kind: 'gic.iar', cpu: 1, id: 1023 }]);
  // What it returns says the same; of another CPU, of a guest or of an earlier acknowledge it says nothing.
  expect(told(acknowledges(40), read('028'), read('3ff'))).toEqual([{ kind: 'gic.iar', cpu: 1, id: 40 }, { kind: 'gic.iar', cpu: 1, id: 1023 }]);
  for (const other of [acknowledges(40, 'cpu 0'), acknowledges(40, 'vcpu 1')]) expect(told(other, read('3ff'))).toEqual([{ kind: 'gic.iar', cpu: 1, id: 1023 }]);
});

test('a line that is high has its level and its targets', () => {
  expect(told('gic_set_irq irq 40 level 1 cpumask 0xff target 0x1', 'gic_set_irq irq 27 level 1 cpumask 0x2 target 0x2')).toEqual([
    { kind: 'gic.in', id: 40, level: 1, targets: 1 },
    { kind: 'gic.in', id: 27, level: 1, cpu: 1 },
  ]);
});

// hw/intc/arm_gic.c: the distributor's lines name no CPU. Each of Linux's CPUs sets its copies up before its first access of its own interface.
test('what a CPU wrote to its copies is told once threads are seen to run one CPU each', () => {
  const of = (tid: number, ...bodies: string[]): string[] => bodies.map((body) => `${tid}@1.000001:${body}`);
  const mask = (cpu: number): string => `gic_cpu_write cpu ${cpu} iface write at 0x00000004 0x000000f0`;
  const setup = [
    // Two CPUs; 27 is level, on, and 30 was on; the priorities of 24 to 27.
    ...of(7, dist2('read', 0x4, 0x28), dist2('write', 0xc04, 0x0080_0000), dist2('write', 0x418, 0xa0b0_c0d0), dist2('write', 0x100, 0x4800_0000), dist2('write', 0x180, 0x4000_0000), mask(0)),
  ];
  const reads = (lines: readonly string[]): object[] => told(...lines).filter((event) => 'kind' in event && event.kind === 'gic.read');
  const copies = reads([...setup, ...of(8, mask(1))]);
  for (const read of [{ id: 27, prio: 0xa0 }, { id: 24, prio: 0xd0 }, { id: 27, trig: 'edge' }, { id: 26, trig: 'level' }, { id: 27, en: 1 }, { id: 30, en: 0 }])
    expect(copies).toContainEqual({ kind: 'gic.read', cpu: 0, ...read });
  expect(copies).toHaveLength(4 + 16 + 2);
  // One thread alone may run both; so may one that has shown both.
  expect(reads(setup)).toEqual([]);
  expect(reads([...setup, ...of(7, mask(1)), ...of(8, mask(1))])).toEqual([]);
});
