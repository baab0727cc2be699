// With EOI-broadcast suppression on, only the directed EOI ends a level interrupt. SDM, SVR bit 12.

import { and } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const eoiDespiteSuppression: Rule = {
  id: 'ioapic/eoi-despite-suppression',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, spurious vector register bit 12 (EOI-broadcast suppression)',
  summary: 'With EOI-broadcast suppression on, a local EOI does not make a level pin deliver again.',
  needs: ['apic.svr', 'apic.eoi', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      if (pin.suppressedBy === undefined || m.ctx.config.seoib === 'quirked') return;
      judge.breachIf(and(pin.level, pin.rirr), 'remote_irr', () => ({
        entity: pin.entity,
        sentence: `IOAPIC pin ${e.pin} delivered again after an EOI that suppression should have kept from it, without a directed EOI`,
        because: [pin.rteBy, pin.deliverBy, pin.suppressedBy],
        state: { suppress_eoi: '1', remote_irr: '1' },
      }));
    },
  },
};
