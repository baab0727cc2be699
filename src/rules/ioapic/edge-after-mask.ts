// An edge that came while the pin was masked: ignored by the 82093AA, by QEMU and, at a guest's unmask, by KVM.

import { F } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const edgeAfterMask: Rule = {
  id: 'ioapic/edge-after-mask',
  severity: 'info',
  class: 'safety',
  clause: '82093AA, edge-triggered interrupts are ignored while masked; profile flag edgeMaskedLatch',
  summary: 'An edge that came while the pin was masked is not delivered at unmask, where the profile says so.',
  needs: ['ioapic.in', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      if (m.ctx.config.edgeMaskedLatch === undefined) return judge.undecided('edgeMaskedLatch');
      const pin = m.ioapic.pin(e.pin);
      if (m.ctx.config.edgeMaskedLatch === 1 || pin.maskedEdgeBy === undefined || pin.level !== F) return judge.held();
      judge.breach({
        entity: pin.entity,
        sentence: `IOAPIC pin ${e.pin} delivered an edge that had come while it was masked`,
        because: [pin.maskedEdgeBy, pin.rteBy],
        state: { edgeMaskedLatch: '0' },
      });
    },
  },
};
