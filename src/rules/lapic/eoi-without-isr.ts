// An EOI with nothing in service is legal and does nothing: "Not every write EOI will has corresponding ISR" (KVM apic_set_eoi).

import type { Rule } from '../rule.js';

/** Lower vectors are illegal. */
const LEGAL_FROM = 16;

export const eoiWithoutIsr: Rule = {
  id: 'lapic/eoi-without-isr',
  severity: 'info',
  class: 'resource',
  clause: 'KVM apic_set_eoi: not every EOI has an ISR bit',
  summary: 'EOIs with nothing in service are counted: legal, but a burst of them tells of ExtINT handlers or of a host that ends interrupts itself.',
  needs: ['apic.eoi'],
  on: {
    'apic.eoi': (e, m, judge) => {
      const lapic = m.lapics.of(e.cpu);
      // Of a recorder that does not tell what the EOI ends: nothing if no vector can be in service, by what was requested and what reads showed.
      if (e.vec === undefined && lapic.isr.highestPossible >= LEGAL_FROM) return judge.undecided('isr');
      if (e.vec !== undefined && e.vec >= 0) return judge.held();
      if (judge.repeats(lapic.entity)) return;
      judge.breach({ entity: lapic.entity, sentence: `CPU ${e.cpu} wrote EOI with nothing in service`, because: [lapic.stepBy] });
    },
  },
};
