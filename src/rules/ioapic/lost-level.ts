// A level pin that is high, unmasked and not in service delivers. KVM ioapic_service on set, on unmask and on EOI.

import { show } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const lostLevel: Rule = {
  id: 'ioapic/lost-level',
  severity: 'violation',
  class: 'deadline',
  clause: '82093AA, level-triggered interrupts; KVM ioapic_service',
  summary: 'A level-triggered pin that is asserted, unmasked and not in service is delivered.',
  needs: ['ioapic.in', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (_, __, judge) => judge.held(),
  },
  late: {
    'ioapic.deliver': ({ debt, proof }, m, judge) => {
      for (const pin of m.ioapic.all()) {
        if (pin.number !== debt.key || (pin.cleared === 'eoi' && !pin.saysCleared)) continue;
        judge.breach({
          entity: debt.entity,
          sentence: `IOAPIC pin ${debt.key} was asserted, unmasked and not in service, and was not delivered before ${proofText(proof)}`,
          because: [...debt.because, debt.by],
          state: { remote_irr: show(pin.rirr), 'rte.mask': show(pin.mask), input: show(pin.input) },
        });
      }
    },
  },
};
