// When an injection of KVM is surely the local APIC's, with the 8259 pair in the kernel and its state before the recording unknown.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { vcpu } from '../../src/ids.js';
import { T, U, type Tri } from '../../src/model/tri.js';

const START = 'meta.start state=unknown\nkvm.set_irq gsi=20 level=1 source=0\nioapic.in pin=20 level=1 gsi=20\ncpu.inject cpu=0 vec=0x31\napic.eoi cpu=0 vec=0x31\n';
const accept = (cpu: number, vec = 0x51): string => `apic.accept cpu=${cpu} vec=${vec} trig=edge dm=0\n`;
const inject = (cpu: number, vec = 0x51): string => `cpu.inject cpu=${cpu} vec=${vec}\n`;
const eoi = (cpu: number, vec = 0x51): string => `apic.eoi cpu=${cpu} vec=${vec}\n`;
const cycle = (cpu: number): string => accept(cpu) + inject(cpu) + eoi(cpu);

/** Is the vector surely in service once it was requested and injected after `text`? */
function taken(text: string, { start = START, cpu = 0 } = {}): Tri {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(start + text + accept(cpu) + inject(cpu), 'ext-silence').events);
  return replay.machine.lapics.of(vcpu(cpu)).isr.get(0x51);
}

test('once the EOI of one has shown that the pair had nothing for the vCPU', () => {
  expect([taken(''), taken(cycle(0)), taken(cycle(0), { cpu: 1 })]).toEqual([U, T, U]);
});

test.each([
  ['a line of the pair may have risen since', 'kvm.set_irq gsi=4 level=1 source=0\n'],
  ['an input of it has, unmasked', 'pic.in pin=4 level=1 gsi=4 mask=0\n'],
  ['its mask was written', 'pic.imr chip=0 val=0\n'],
  ['an EOI lets its next request through', 'pic.eoi pin=4\n'],
  ['LINT0 was written', 'apic.lvt cpu=0 lvt=3 vec=0 dm=7 mask=0\n'],
  ['user space replaced the chip', 'kvm.set_irqchip chip=0\n'],
  ['or the local APIC', 'kvm.set_lapic cpu=0\n'],
  ['events were lost', 'meta.lost n=1\n'],
])('not where %s', (_, event) => {
  expect(taken(cycle(0) + event)).toBe(U);
});

test.each([
  ['a line falls', 'kvm.set_irq gsi=4 level=0 source=0\n'],
  ['one that is not the pair\'s rises', 'kvm.set_irq gsi=21 level=1 source=0\n'],
  ['a masked input moves', 'pic.in pin=4 level=1 gsi=4 mask=1\n'],
  ['LINT1 is written', 'apic.lvt cpu=0 lvt=4 vec=0 dm=4 mask=0\n'],
])('still where %s', (_, event) => {
  expect(taken(cycle(0) + event)).toBe(T);
});

test('nothing is shown by an EOI of what may have been in service before', () => {
  expect(taken(accept(0) + inject(0) + eoi(0), { start: START.replace('eoi cpu=0 vec=0x31', 'eoi cpu=0 vec=0x61') })).toBe(U);
});

test('nor by a line that rose at the same time on another CPU', () => {
  const rise = '@1010000 on=1 kvm.set_irq gsi=4 level=1 source=0\n';
  const at = (ns: number, line: string): string => `@${ns} on=0 ${line}`;
  const late = at(1_000_000, accept(0)) + rise + at(1_020_000, inject(0)) + at(1_030_000, eoi(0));
  expect(taken(late)).toBe(U);
  expect(taken(late.replace('@1010000 on=1', '@100 on=1'))).toBe(T);
});

test('with a split irqchip user space may inject at any time', () => {
  expect(taken(cycle(0), { start: START.replace('level=1 gsi=20', 'level=1') })).toBe(U);
});

test('an APIC that takes requests is enabled', () => {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(START + cycle(0) + cycle(0) + cycle(0), 'ext-silence').events);
  expect([0, 1].map((cpu) => replay.machine.lapics.of(vcpu(cpu)).enabled)).toEqual([T, U]);
});

test('a request may have been left from before it was disabled', () => {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(START + accept(0) + 'kvm.set_lapic cpu=0\napic.eoi cpu=0 vec=0x31\n' + accept(0) + inject(0) + eoi(0), 'ext-silence').events);
  expect(replay.machine.lapics.of(vcpu(0)).enabled).toBe(U);
});

test.each(['kvm.set_lapic\n', 'kvm.set_lapic cpu=0\n'])('but it may have been disabled since: %j', (event) => {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(START + cycle(0) + cycle(0) + accept(0) + inject(0) + event + eoi(0), 'ext-silence').events);
  expect(replay.machine.lapics.of(vcpu(0)).enabled).toBe(U);
});
