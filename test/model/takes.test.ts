// Whether KVM itself takes interrupts for the vCPUs, with a line for each, or the CPU may, without one.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';

const REQUEST = 'apic.accept cpu=0 vec=0x51 trig=edge dm=0\n';
const CYCLE = `${REQUEST}cpu.inject cpu=0 vec=0x51\napic.eoi cpu=0 vec=0x51\n`;

function mayHide(...texts: readonly string[]): boolean {
  const replay = new Replay({ rules: [] });
  texts.forEach((text, stream) => {
    replay.feed(parseIrq(text, 'takes').events.map((event) => ({ ...event, stream })));
  });
  return replay.machine.lapics.takes.mayHide;
}

test.each([
  ['nothing has been requested', ''],
  ['KVM injects what was requested, and the guest ends it', CYCLE],
  ['a recorder says that it shows every injection', `meta.chan chan=cpu.inject cover=full\n${REQUEST}`],
  ['events were lost since', `${CYCLE}meta.lost n=1\n`],
  ['a message as edge is ended', `kvm.msi dst=0 vec=0x51 dm=0 logical=0 trig=edge\n${REQUEST}apic.eoi cpu=0 vec=0x51\n`],
  ['an EOI that ends nothing is seen', `${REQUEST}apic.eoi cpu=0 vec=-1\n`],
  ['the machine is reset', `${CYCLE}vm.reset state=reset\n${REQUEST}`],
])('not where %s', (_, text) => {
  expect(mayHide(text)).toBe(false);
});

test.each([
  ['no injection is seen', REQUEST],
  ['what is ended is level-triggered', 'kvm.msi dst=0 vec=0x51 dm=0 logical=0 trig=edge\napic.accept cpu=0 vec=0x51 trig=level dm=0\napic.eoi cpu=0 vec=0x51\n'],
  ['a pin has the vector, too', `kvm.msi dst=0 vec=0x51 dm=0 logical=0 trig=edge\nioapic.rte pin=4 vec=0x51\n${REQUEST}apic.eoi cpu=0 vec=0x51\n`],
  ['nobody is known to have sent it: KVM may wait for its end', `${REQUEST}apic.eoi cpu=0 vec=0x51\n`],
  ['what is injected was not requested: the 8259 pair has it', `${REQUEST}cpu.inject cpu=0 vec=0x30\napic.eoi cpu=0 vec=0x51\n`],
  ['another vCPU ends it', `${REQUEST}cpu.inject cpu=0 vec=0x51\napic.eoi cpu=1 vec=0x51\n`],
  ['the injection is the 8259 pair\'s', `${REQUEST}cpu.inject cpu=0 vec=0x51 ext=1\napic.eoi cpu=0 vec=0x51\n`],
  ['events were lost before the EOI', `${REQUEST}cpu.inject cpu=0 vec=0x51\nmeta.lost n=1\napic.eoi cpu=0 vec=0x51\n`],
  ['KVM tells that the CPU delivers from now on', `${CYCLE}meta.chan chan=cpu.inject cover=partial\n`],
  ['another machine begins', `${CYCLE}vm.close\n${REQUEST}`],
])('where %s', (_, text) => {
  expect(mayHide(text)).toBe(true);
});

test('where a guest tells of its handlers in a log of its own', () => {
  expect(mayHide(REQUEST, 'cpu.inject cpu=0 vec=0x51\n', 'apic.eoi cpu=0 vec=0x51\n')).toBe(true);
});
