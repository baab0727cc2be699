// A level pin in service delivers nothing more. 82093AA redirection entry bit 14; KVM ioapic_service.

import { and, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const redeliverWithRemoteIrr: Rule = {
  id: 'ioapic/redeliver-with-remote-irr',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA redirection table entry, bit 14 (Remote IRR); KVM ioapic_service',
  summary: 'A level-triggered IOAPIC pin delivers again only after the EOI has cleared Remote IRR.',
  needs: ['ioapic.deliver', ['apic.eoi', 'ioapic.eoi']],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      // An EOI that suppression should have kept from the IOAPIC is a rule of its own.
      if (pin.suppressedBy !== undefined) return;
      judge.breachIf(and(pin.level, m.ioapic.inService(pin)), 'remote_irr', () => ({
        entity: pin.entity,
        sentence: `level-triggered IOAPIC pin ${e.pin} delivered vector ${e.vec} again while Remote IRR was still set: no EOI came since the delivery before`,
        because: [pin.rteBy, pin.deliverBy, pin.inputBy],
        state: { remote_irr: show(pin.rirr), 'rte.trigger': 'level', input: show(pin.input) },
        unless: (later) => later.kind === 'apic.eoi' && later.vec === e.vec,
      }));
    },
  },
};
