// The report for people.

import { expect, test } from 'vitest';
import type { Analysis } from '../../src/finding.js';
import { pretty, type PrettyOptions } from '../../src/report/pretty.js';
import { analyse } from './sample.js';

const OPTIONS: PrettyOptions = { severity: 'suspicious', maxFindings: 20, paint: (_style, text) => text };

const RECORDING = `
@0 ioapic.rte pin=10 vec=0x41 mask=0
@1000 meta.note text="one"
@2000 ioapic.deliver pin=10 vec=0x41
@2000000 ioapic.deliver pin=10 vec=0x41
@2500000 ioapic.deliver pin=11 vec=0x42
@3200000 apic.eoi cpu=0 vec=-1`;

const show = (analysis: Analysis, options: Partial<PrettyOptions> = {}): string => pretty(analysis, { ...OPTIONS, ...options });
const lines = (text: string): string[] => text.split('\n');

test('the first line is the verdict with every breach counted', () => {
  expect(lines(show(analyse(RECORDING)))[0]).toBe('violated: 3 violations, 1 info in 6 events over 3.2 ms');
  expect(lines(show(analyse('@5 apic.eoi cpu=0 vec=65')))[0]).toBe('held: no finding in 1 event');
  expect(lines(show(analyse('apic.eoi cpu=0 vec=-1')))[0]).toBe('undecided: no finding in 1 event');
});

test('a finding tells rule, entity, place, sentence, evidence, state, clause and repeats', () => {
  expect(show(analyse(RECORDING))).toContain(`
violation  test/delivery  pin:ioapic/10
  a.irq:4: pin 10 delivered
    a.irq:2  @0 ioapic.rte pin=10 vec=65 mask=0
  > a.irq:4  @2000 ioapic.deliver pin=10 vec=65
  state: vec=65
  clause: a clause, 1.2
  once more, at a.irq:5

violation  test/delivery  pin:ioapic/11
`);
});

test("the recorder's own name stands beside the event where it differs from the kind", () => {
  const analysis = analyse('ioapic.deliver pin=1 vec=65 src="raw.txt:9 kvm_apic_accept_irq"');
  expect(show(analysis)).toContain('kvm_apic_accept_irq  ioapic.deliver pin=1 vec=65');
});

test('findings below the wanted severity are summed up, and shown in full on demand', () => {
  expect(show(analyse(RECORDING))).toMatch(/\nseverity +rule +entities +times\ninfo +test\/note +1 +1\n/);
  expect(show(analyse(RECORDING))).not.toContain('a.irq:3: one');
  expect(show(analyse(RECORDING), { severity: 'info' })).toContain('\ninfo  test/note  notes\n  a.irq:3: one\n');
});

test('as many findings as wanted are shown, and the rest counted', () => {
  const text = show(analyse(RECORDING), { maxFindings: 1 });
  expect(text).toContain('pin:ioapic/10');
  expect(text).not.toContain('pin:ioapic/11');
  expect(text).toContain('\n1 finding more, not shown (--max-findings)\n');
});

test('coverage tells what was kept, what was unknown, and how many rules had nothing to judge', () => {
  const text = show(analyse(RECORDING));
  expect(text).toContain('\n4 rules: 1 violated, 1 info, 2 undecided\n');
  expect(text).toMatch(/\ntest\/eoi +undecided +0 +0 +1 +isr ×1; never shown: one of gic.iar or pgic.iar\n/);
  expect(text).toContain('\n1 rule had nothing to judge: `irqreplay coverage` tells what the recording does not show\n');
  expect(text).not.toContain('test/gic');
});

test('losses are told with their places', () => {
  const losses = [
    { line: 3, n: 12, what: 'CPU:1 [LOST 12 EVENTS]' },
    { line: 8, what: 'found "x\x1b", expected an event' },
  ];
  const text = show(analyse(RECORDING, { losses, lossMarks: 7, lostEvents: 12 }));
  expect(text).toContain(`a.irq: litmus text (format irq), 9 lines, times in ns
  lost or not readable at 7 places, at least 12 events
    a.irq:3  CPU:1 [LOST 12 EVENTS]
    a.irq:8  found "x\\x1b", expected an event
    and 5 more
`);
});

test('a run cut short and a recording that cannot be judged say so', () => {
  const analysis = analyse(RECORDING);
  expect(lines(show({ ...analysis, complete: false }))[0]).toMatch(/; cut short, the rest was not looked at$/);
  expect(lines(show({ ...analysis, blind: 'two machines' }))[2]).toBe('nothing could be judged: two machines');
});

test('nothing of a recording reaches the terminal as a control character', () => {
  const hostile = analyse('meta.note text="a\x1b]0;x\x07\\n\u202eb"\nvm="\x1b[2J" ioapic.deliver pin=1 vec=65 src="\x1b[8m:1 \x9b1m"', {
    file: 'x\x1b[31m',
    recorder: '\x1b',
    losses: [{ line: 1, what: '\x1b[0m' }],
    lossMarks: 1,
  });
  expect(show(hostile, { severity: 'info' }).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});

test('colour is asked for, never assumed', () => {
  const coloured = show(analyse(RECORDING), { paint: (style, text) => `<${style}>${text}</>` });
  expect(lines(coloured)[0]).toMatch(/^<red>violated<\/>: 3 violations/);
  expect(coloured).toContain('<red>violation</>  <bold>test/delivery</>  pin:ioapic/10');
});
