// What the IOAPIC learns from a recording that starts in the middle.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import type { Tri } from '../../src/model/tri.js';
import { F, U } from '../../src/model/tri.js';
import { vcpu } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';

const DELIVERY = 'ioapic.in pin=10 level=1\nioapic.deliver pin=10 vec=0x41\napic.accept cpu=0 vec=0x41 trig=level dm=0\n';

function suppression(text: string): Tri {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(text, 'ioapic').events);
  return replay.machine.lapics.of(vcpu(0)).suppress;
}

test('EOI-broadcast suppression is off at reset and unknown in the middle', () => {
  expect(suppression('meta.start state=reset\n')).toBe(F);
  expect(suppression(DELIVERY)).toBe(U);
});

// TMR follows only where the APIC is known to be enabled, and what tells that tells suppression, too: the bit is set by hand.
test('a pin that delivers again after the EOI shows that the EOI was broadcast', () => {
  const findings: string[] = [];
  const replay = new Replay({ rules: RULES, onFinding: ({ rule }) => findings.push(rule) });
  const lapic = replay.machine.lapics.of(vcpu(0));
  replay.feed(parseIrq(`meta.chan chan=vm.reset cover=full\nioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=0\n${DELIVERY}`, 'ioapic').events);
  lapic.tmr.set(0x41, 1);
  expect(lapic.suppress).toBe(U);
  replay.feed(parseIrq(`apic.eoi cpu=0 vec=0x41\n${DELIVERY}`, 'ioapic').events);
  expect(lapic.suppress).toBe(F);
  expect(findings).toEqual([]);
});

test('not if something else may have cleared Remote IRR, if writes of the IOAPIC are not recorded, or if the APIC was replaced', () => {
  const entry = 'ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=0\n';
  const rewritten = 'tid=7 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\n';
  for (const [before, between] of [
    [entry, 'ioapic.eoi vec=0x41\n'],
    [entry, rewritten],
    [entry, 'kvm.set_lapic cpu=0\n'],
    [entry, 'kvm.set_irqchip chip=2\n'],
    ['ioapic.in pin=10 level=1 vec=0x41 trig=level mask=0\n', ''],
    [`meta.chan chan=vm.reset cover=partial\n${entry}`, ''],
  ] as const) {
    const replay = new Replay({ rules: [] });
    const lapic = replay.machine.lapics.of(vcpu(0));
    replay.feed(parseIrq(before + DELIVERY, 'ioapic').events);
    lapic.tmr.set(0x41, 1);
    replay.feed(parseIrq(`apic.eoi cpu=0 vec=0x41\n${between}${DELIVERY}`, 'ioapic').events);
    expect(lapic.suppress).toBe(U);
  }
});
