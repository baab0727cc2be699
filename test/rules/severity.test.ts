// What is a violation of QEMU's chips, and less than one of others.

import { expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import { run } from './run-block.js';

const severities = (text: string): string[] => run(parseIrq(text, 'severity').events, { state: 'reset' }).map(({ rule, severity }) => `${severity} ${rule}`);

test('an edge that came while the pin was masked', () => {
  const edge = `ioapic.rte pin=4 vec=0x34 dm=0 trig=edge mask=1 dst=0 logical=0
ioapic.in pin=4 level=1
ioapic.rte pin=4 vec=0x34 dm=0 trig=edge mask=0
ioapic.deliver pin=4 vec=0x34
`;
  expect(severities(`meta.cfg chips=qemu\n${edge}`)).toEqual(['violation ioapic/edge-after-mask']);
  expect(severities(`meta.cfg chips=qemu edgeMaskedLatch=1\n${edge}`)).toEqual([]);
  expect(severities(`meta.cfg edgeMaskedLatch=0\n${edge}`)).toEqual(['info ioapic/edge-after-mask']);
  expect(severities(edge)).toEqual([]);
});

test('TMR that is not of the latest request', () => {
  const read = `apic.msg dst=0 logical=0 dm=0 vec=0x41 trig=level
apic.msg dst=0 logical=0 dm=0 vec=0x41 trig=edge
apic.read cpu=0 reg=tmr word=2 val=0x2
`;
  expect(severities(`meta.cfg chips=qemu\n${read}`)).toEqual(['violation lapic/trigger-mode-mismatch']);
  expect(severities(read)).toEqual(['suspicious lapic/trigger-mode-mismatch']);
});
