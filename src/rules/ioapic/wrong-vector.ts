// A pin sends the vector of its entry. 82093AA 3.2.4 bits 7:0; QEMU ioapic_entry_parse.

import type { Rule } from '../rule.js';

/** Delivery mode of an 8259's interrupt, which has its vector from there. */
const EXTINT = 7;

export const wrongVector: Rule = {
  id: 'ioapic/wrong-vector',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4 bits 7:0 (Interrupt Vector); QEMU ioapic_entry_parse',
  summary: 'The message of an IOAPIC pin has the vector of its redirection entry.',
  needs: ['ioapic.deliver', 'ioapic.rte'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const { entity, written } = m.ioapic.pin(e.pin);
      const vec = written.held('vec');
      const by = written.by('vec');
      if (written.held('dm') === EXTINT) return;
      if (vec === e.vec) return judge.held();
      // The machine may have been reset unseen.
      if (vec === undefined || by === undefined || !m.ctx.channels.covers('ioapic.rte') || m.ctx.unordered(by, e) || !m.ctx.recent(by, e)) return judge.undecided('rte.vec');
      judge.breach({
        entity,
        sentence: `IOAPIC pin ${e.pin} sent vector ${e.vec}, and its entry holds vector ${vec}`,
        because: [by],
        state: { 'rte.vec': String(vec) },
      });
    },
  },
};
