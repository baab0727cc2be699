// A level line that stays high through very many EOIs: the handler never removes the cause.
// KVM IOAPIC_SUCCESSIVE_IRQ_MAX_COUNT delays re-delivery after 10,000.

import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const STORM = 1000;

export const eoiStorm: Rule = {
  id: 'ioapic/eoi-storm',
  severity: 'suspicious',
  class: 'resource',
  clause: 'KVM kvm_ioapic_update_eoi_one, IOAPIC_SUCCESSIVE_IRQ_MAX_COUNT; QEMU ioapic_eoi_broadcast',
  summary: 'A level line is removed by its handler: it does not stay high through a thousand EOIs.',
  needs: ['ioapic.in', 'ioapic.deliver', ['apic.eoi', 'ioapic.eoi']],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      if (!pin.eoiSinceDelivery || pin.input !== T) return judge.held();
      const limit = m.ctx.config.stormN ?? STORM;
      // Once per storm, when the count is reached.
      if (pin.cycles + 1 !== limit) return judge.held();
      judge.breach({
        entity: pin.entity,
        sentence: `IOAPIC pin ${e.pin} was delivered and ended ${limit} times in a row while its line never went low`,
        because: [pin.rteBy, pin.inputBy, pin.deliverBy],
        state: { cycles: String(limit), input: '1' },
      });
    },
  },
};
