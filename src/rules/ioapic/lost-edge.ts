// An edge on an unmasked pin is delivered. 82093AA, edge-triggered interrupts; QEMU ioapic_set_irq and ioapic_service.

import { show } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const lostEdge: Rule = {
  id: 'ioapic/lost-edge',
  severity: 'violation',
  class: 'deadline',
  clause: '82093AA 3.2.4 bit 15 (Trigger Mode), edge; QEMU ioapic_set_irq calls ioapic_service at once',
  summary: 'An edge on an unmasked edge-triggered pin is delivered.',
  needs: ['ioapic.in', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (_, __, judge) => judge.held(),
  },
  late: {
    'ioapic.edge': ({ debt, proof }, m, judge) => {
      for (const pin of m.ioapic.all()) {
        if (pin.number !== debt.key) continue;
        judge.breach({
          entity: debt.entity,
          sentence: `IOAPIC pin ${debt.key} was raised while edge-triggered and unmasked, and was not delivered before ${proofText(proof)}`,
          because: [...debt.because, debt.by],
          state: { 'rte.mask': show(pin.mask), 'rte.vec': String(pin.vec ?? 'unknown') },
        });
      }
    },
  },
};
