// Remote IRR is read-only: a write of the entry leaves it alone, and only a delivery sets it. KVM ioapic_write_indirect, QEMU IOAPIC_RO_BITS.

import { F, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { contradicts, writtenSince } from './register-read.js';

export const roBitsChanged: Rule = {
  id: 'ioapic/ro-bits-changed',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA redirection table entry, bits 12 and 14 are read-only; KVM ioapic_write_indirect',
  summary: 'Nothing but a delivery sets Remote IRR, and a write of the entry does not clear it, unless it makes the pin edge-triggered.',
  needs: ['ioapic.rte', 'ioapic.rte.read', 'ioapic.deliver'],
  on: {
    'ioapic.rte.read': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      const written = writtenSince(pin);
      // Cleared by an EOI, by the edge setting or by nothing: rules of their own.
      if (pin.rirr === F ? pin.cleared !== 'reset' && pin.cleared !== 'read' : !written) return judge.held();
      judge.breachIf(contradicts(e, pin, m), 'remote_irr', () => ({
        entity: pin.entity,
        sentence: written
          ? `a write of IOAPIC entry ${e.pin} changed its read-only Remote IRR: it reads ${e.rirr} and must be ${show(pin.rirr)}`
          : `Remote IRR of IOAPIC pin ${e.pin} reads 1, and nothing was delivered since it was clear`,
        because: [pin.deliverBy, pin.rteBy],
        state: { remote_irr: show(pin.rirr) },
      }));
    },
  },
};
