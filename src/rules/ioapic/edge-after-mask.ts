// An edge that came while the pin was masked: ignored by the 82093AA, by QEMU and, at a guest's unmask, by KVM.

import { F } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const edgeAfterMask: Rule = {
  id: 'ioapic/edge-after-mask',
  severity: 'info',
  class: 'safety',
  clause: '82093AA 3.2.4 bit 16 (Interrupt Mask), edge-triggered interrupts are ignored while masked; profile flag edgeMaskedLatch; QEMU ioapic_set_irq',
  summary: 'An edge that came while the pin was masked is not delivered at unmask, where the profile says so, nor by a chip of QEMU.',
  needs: ['ioapic.in', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const { config, channels } = m.ctx;
      const pin = m.ioapic.pin(e.pin);
      if (config.edgeMaskedLatch === 1) return judge.held();
      // QEMU's chip keeps no request of such an edge, whatever the line does next.
      const kept = config.chips === 'qemu' && pin.isIdleEdge && channels.covers('ioapic.in') && channels.covers('ioapic.rte') ? pin.ignoredBy : undefined;
      if (kept === undefined && config.edgeMaskedLatch === undefined) return judge.undecided('edgeMaskedLatch');
      const edge = kept ?? pin.maskedEdgeBy;
      if (edge === undefined || pin.level !== F) return judge.held();
      judge.breach({
        entity: pin.entity,
        sentence: `IOAPIC pin ${e.pin} delivered an edge that had come while it was masked`,
        because: [edge, pin.rteBy],
        ...(kept === undefined ? { state: { edgeMaskedLatch: '0' } } : { severity: 'violation', state: { chips: 'qemu' } }),
      });
    },
  },
};
