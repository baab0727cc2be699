// The trigger mode of a delivery is that of its redirection entry. KVM __apic_accept_irq sets TMR from the message.

import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const triggerModeMismatch: Rule = {
  id: 'lapic/trigger-mode-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM __apic_accept_irq: TMR follows the trigger mode of the message, which is that of the redirection entry',
  summary: 'An interrupt that an IOAPIC pin delivers is accepted with the trigger mode of the pin.',
  needs: ['ioapic.deliver', 'apic.accept'],
  on: {
    'apic.accept': (e, m, judge) => {
      const cause = m.lapics.causeOf(e);
      if (cause?.kind !== 'ioapic.deliver' || cause.seq !== e.seq - 1) return;
      const pin = m.ioapic.pin(cause.pin);
      const differs = pin.level === U ? U : (pin.level === T) === (e.trig === 'level') ? F : T;
      judge.breachIf(differs, 'rte.trigger', () => ({
        entity: pin.entity,
        sentence: `IOAPIC pin ${pin.number} is ${pin.level === T ? 'level' : 'edge'}-triggered, but CPU ${e.cpu} accepted its vector ${e.vec} as ${e.trig}`,
        because: [pin.rteBy, pin.inputBy, cause],
        state: { 'rte.trigger': pin.level === T ? 'level' : 'edge', accepted: e.trig },
      }));
    },
  },
};
