// A level source needs a level entry. 82093AA redirection entry bit 15.

import { RESAMPLE } from '../../model/sources.js';
import { and, not, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const triggerMismatch: Rule = {
  id: 'ioapic/trigger-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: '82093AA redirection table entry, bit 15 (Trigger Mode)',
  summary: 'A resampling irqfd, which is a level source, drives a pin that the guest has programmed as level-triggered.',
  needs: ['kvm.set_irq', ['ioapic.rte', 'ioapic.in']],
  on: {
    'kvm.set_irq': (e, m, judge) => {
      if (e.source !== RESAMPLE || e.level === 0) return;
      const pins = m.routes.pinsOf(e.gsi);
      if (pins === undefined) return judge.undecided('route');
      for (const number of pins) {
        const pin = m.ioapic.pin(number);
        judge.breachIf(and(not(pin.level), not(pin.mask)), 'rte.trigger', () => ({
          entity: pin.entity,
          sentence: `a resampling irqfd asserted GSI ${e.gsi}, whose IOAPIC pin ${number} is unmasked and edge-triggered: a second sharer's interrupt is lost`,
          because: [pin.rteBy],
          state: { 'rte.trigger': 'edge', 'rte.mask': show(pin.mask) },
        }));
      }
    },
  },
};
