// Remote IRR goes only with the EOI, the edge setting or a reset. 82093AA redirection entry bit 14.

import { T, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { contradicts, writtenSince } from './register-read.js';

export const rirrClearedWithoutEoi: Rule = {
  id: 'ioapic/rirr-cleared-without-eoi',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA redirection table entry, bit 14: cleared when the EOI of the vector is received',
  summary: 'Remote IRR stays set until the EOI of its vector.',
  needs: ['ioapic.rte.read', 'ioapic.deliver', ['apic.eoi', 'ioapic.eoi']],
  on: {
    'ioapic.rte.read': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      if (pin.rirr !== T || writtenSince(pin)) return;
      judge.breachIf(contradicts(e, pin, m), 'remote_irr', () => ({
        entity: pin.entity,
        sentence: `Remote IRR of IOAPIC pin ${e.pin} reads 0 although no EOI of its vector came since the delivery`,
        because: [pin.rteBy, pin.deliverBy],
        state: { remote_irr: show(pin.rirr) },
      }));
    },
  },
};
