// A masked redirection entry delivers nothing. 82093AA 3.2.4 bit 16; KVM ioapic_service returns when masked.

import { show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const deliverWhileMasked: Rule = {
  id: 'ioapic/deliver-while-masked',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4 bit 16 (Interrupt Mask); KVM ioapic_service',
  summary: 'A masked IOAPIC pin delivers no interrupt.',
  needs: ['ioapic.deliver', 'ioapic.rte'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      judge.breachIf(pin.mask, 'rte.mask', () => ({
        entity: pin.entity,
        sentence: `IOAPIC pin ${e.pin} delivered vector ${e.vec} while its redirection entry is masked`,
        because: [pin.written.by('mask'), pin.inputBy],
        state: { 'rte.mask': show(pin.mask), 'rte.vec': String(pin.vec ?? 'unknown'), input: show(pin.input) },
      }));
    },
  },
};
