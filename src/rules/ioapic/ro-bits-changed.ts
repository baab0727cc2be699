// Remote IRR is read-only: a write of the entry leaves it alone. KVM ioapic_write_indirect, QEMU IOAPIC_RO_BITS.

import { F, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { contradicts, writtenSince } from './register-read.js';

export const roBitsChanged: Rule = {
  id: 'ioapic/ro-bits-changed',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA redirection table entry, bits 12 and 14 are read-only; KVM ioapic_write_indirect',
  summary: 'A write of a redirection entry does not change its Remote IRR bit, unless it makes the pin edge-triggered.',
  needs: ['ioapic.rte', 'ioapic.rte.read', 'ioapic.deliver'],
  on: {
    'ioapic.rte.read': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      // Cleared by an EOI or by the edge setting: rules of their own.
      if (!writtenSince(pin) || (pin.rirr === F && pin.cleared !== 'reset' && pin.cleared !== 'read')) return judge.held();
      judge.breachIf(contradicts(e, pin, m), 'remote_irr', () => ({
        entity: pin.entity,
        sentence: `a write of IOAPIC entry ${e.pin} changed its read-only Remote IRR: it reads ${e.rirr} and must be ${show(pin.rirr)}`,
        because: [pin.deliverBy, pin.rteBy],
        state: { remote_irr: show(pin.rirr) },
      }));
    },
  },
};
