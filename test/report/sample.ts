// An analysis of a few events under rules of known outcome, so that reports are tested apart from the catalogue.

import { Replay } from '../../src/analyze.js';
import type { Analysis, StreamSummary } from '../../src/finding.js';
import { parseIrq } from '../../src/import/irq.js';
import type { Rule } from '../../src/rules/rule.js';

const common = { class: 'safety', clause: 'a clause, 1.2', summary: 'Something holds.' } as const;

/** Breaks at every delivery. */
const delivery: Rule = {
  ...common,
  id: 'test/delivery',
  severity: 'violation',
  needs: ['ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) =>
      judge.breach({
        entity: `pin:ioapic/${e.pin}`,
        sentence: `pin ${e.pin} delivered`,
        because: [m.ioapic.pin(e.pin).rteBy],
        state: { vec: String(e.vec) },
      }),
  },
};

/** Counts notes. */
const note: Rule = {
  ...common,
  id: 'test/note',
  severity: 'info',
  needs: ['meta.note'],
  on: { 'meta.note': (e, _machine, judge) => judge.breach({ entity: 'notes', sentence: e.text }) },
};

/** Held at an EOI of a known vector, undecided otherwise. */
const eoi: Rule = {
  ...common,
  id: 'test/eoi',
  severity: 'suspicious',
  needs: ['apic.eoi', 'gic.iar'],
  on: { 'apic.eoi': (e, _machine, judge) => ((e.vec ?? -1) < 0 ? judge.undecided('isr') : judge.held()) },
};

/** Never judged. */
const gic: Rule = { ...common, id: 'test/gic', severity: 'violation', needs: ['gic.iar'] };

const TEST_RULES = [delivery, eoi, gic, note];

const STREAM: StreamSummary = {
  file: 'a.irq',
  format: 'irq',
  recorder: 'litmus text',
  clock: 'ns',
  base: '0',
  lines: 9,
  losses: [],
  lossMarks: 0,
  lostEvents: 0,
};

export function analyse(text: string, stream: Partial<StreamSummary> = {}): Analysis {
  const replay = new Replay({ rules: TEST_RULES });
  replay.feed(parseIrq(text, 'a.irq').events);
  const { events, span } = replay;
  return { streams: [{ ...STREAM, ...stream }], events, span, findings: replay.findings(), rules: replay.verdicts(), complete: true };
}
