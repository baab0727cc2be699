// Registers of QEMU's local APICs that software writes and reads: which lines tell them, and whose they are.

import { expect, test } from 'vitest';
import { coverOf, meaning, RESET } from './device-lines.js';

/** A vCPU accesses TPR of its own, so that its thread is known. */
const own = (cpu: number): string => `memory_region_ops_write cpu ${cpu} mr 0x55 addr 0xfee00080 value 0x0 size 4 name 'apic-msi'`;
const write = (offset: string, value: string): string => `apic_mem_writel 0x${offset} = 0x${value}`;
const read = (offset: string, value: string): string => `apic_mem_readl 0x${offset} = 0x${value}`;
/** The line around a read. */
const around = (cpu: number, offset: string, value: string, size = 4): string => `memory_region_ops_read cpu ${cpu} mr 0x55 addr 0xfee00${offset} value 0x${value} size ${size} name 'apic-msi'`;

/** What lines mean behind a reset and an access by vCPU 0. */
const told = (...lines: string[]): string[] => meaning(lines, [...RESET, own(0)]);
/** In x2APIC mode, as QEMU 10.0 prints it. */
const X2APIC = ['cpu_get_apic_base 0x00000000fee00900', 'resettable_phase_hold_exec obj=0x55ed39045890(System) method=0', own(0), 'cpu_set_apic_base 0x00000000fee00d00'];

test('the timer as it is written, bits of its divide configuration that there are', () => {
  expect(told(write('3e0', '0000000f'), write('380', '00009c40'), write('390', '00000001'))).toEqual(['apic.timer cpu=0 divide=11', 'apic.timer cpu=0 initial=40000']);
});

test('entries of the local vector table as they are written, and the mode of the timer', () => {
  expect(told(write('320', '000200ec'), write('320', '000100ec'), write('350', '00020700'))).toEqual([
    'apic.lvt cpu=0 lvt=0 vec=236 dm=0 mask=0 periodic=1',
    'apic.lvt cpu=0 lvt=0 vec=236 dm=0 mask=1 periodic=0',
    'apic.lvt cpu=0 lvt=3 vec=0 dm=7 mask=0',
  ]);
});

test('registers of one word as they read', () => {
  const reads = ['30', 'd0', 'e0', '280', '300', '380', '390', '3e0', '310'].map((offset) => read(offset, '00000010'));
  expect(told(...reads)).toEqual(['version', 'ldr', 'dfr', 'esr', 'icr', 'tmict', 'tmcct', 'tdcr'].map((reg) => `apic.read cpu=0 reg=${reg} val=16`));
});

test('an IPI by the register that an x2APIC has for those to itself stands in no other', () => {
  expect(meaning(['apic_register_write register 0x30 = 0x40f3', 'apic_register_write register 0x3f = 0xf4'], X2APIC)).toEqual([
    'apic.ipi cpu=0 vec=243 dm=0 dst=0 logical=0 trig=edge shorthand=none val=16627',
    'apic.ipi cpu=0 vec=244 dm=0 logical=0 trig=edge shorthand=self',
  ]);
});

test('logical destination and format are not those of x2APIC mode', () => {
  const reads = ['apic_register_read register 0x0d = 0x1', 'apic_register_read register 0x38 = 0x5'];
  expect(meaning(reads, X2APIC)).toEqual(['apic.read cpu=0 reg=tmict val=5']);
});

test('whose read it is the line around it tells, where a vCPU that nobody has seen may run on the thread', () => {
  const startup = write('300', '00000699');
  const ofFirst = ['apic.read cpu=0 reg=tmict val=5'];
  for (const before of [[...RESET, own(0), startup], [own(0)]]) {
    expect(meaning([read('380', '00000005')], before)).toEqual([]);
    expect(meaning([read('380', '00000005'), around(0, '380', '5')], before)).toEqual(ofFirst);
    expect(meaning([read('380', '00000005'), around(1, '380', '5')], before)).toEqual([]);
  }
  // Each has a thread of its own.
  expect(meaning([read('380', '00000005')], [...RESET, own(0), `8@100.000005:${own(1)}`, startup])).toEqual(ofFirst);
});

test('without the lines that accesses of MSRs print a read may follow a write that has none', () => {
  expect(told(around(0, '380', '5'), around(0, '3e0', '1'), around(0, 'f0', '1ff'))).toEqual(['apic.read cpu=0 reg=svr val=511']);
});

test('a narrow access reads and writes nothing', () => {
  expect(told(around(0, 'f0', '0', 1), own(0).replace('size 4', 'size 2'))).toEqual([]);
});

test('what a vCPU that nobody knows writes may be the timer of any', () => {
  const reset = 'resettable_phase_hold_exec obj=0x55ed39045890(System) method=0';
  expect(coverOf('apic.timer', [reset, own(0), write('380', '00000005')])).toEqual([]);
  expect(coverOf('apic.timer', [own(0), write('380', '00000005')])).toEqual(['partial']);
  expect(coverOf('apic.timer', [reset, own(0), `8@100.000005:${write('380', '00000005')}`])).toEqual(['partial']);
});
