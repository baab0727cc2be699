// Two level pins with one vector: the EOI of either acknowledges both. KVM kvm_ioapic_update_eoi loops over all pins.

import { F, T, join } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const sharedVector: Rule = {
  id: 'ioapic/shared-vector',
  severity: 'info',
  class: 'resource',
  clause: 'KVM kvm_ioapic_update_eoi: an EOI goes to every pin with its vector',
  summary: 'Two unmasked level pins do not carry one vector to one destination.',
  needs: ['ioapic.rte'],
  on: {
    'ioapic.rte': (e, m, judge) => {
      const own = m.ioapic.pin(e.pin);
      const vec = e.vec ?? own.vec;
      if (e.mask !== 0 || e.trig !== 'level' || vec === undefined) return;
      const dst = e.dst ?? own.dst;
      for (const pin of m.ioapic.all()) {
        if (pin === own || pin.mask !== F || pin.level !== T || pin.vec !== vec) continue;
        if (pin.dst === undefined || pin.dst !== dst || join(pin.logical, own.logical) === 2) return judge.undecided('rte.destination');
        judge.breach({
          entity: own.entity,
          sentence: `IOAPIC pins ${pin.number} and ${e.pin} are both level-triggered with vector ${vec} at one destination: one EOI acknowledges both`,
          because: [pin.rteBy],
        });
        return;
      }
      judge.held();
    },
  },
};
