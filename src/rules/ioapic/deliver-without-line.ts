// A level pin delivers what its line asks for. 82093AA; KVM ioapic_service is called with the line's irr bit set.

import { U, and, not, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const deliverWithoutLine: Rule = {
  id: 'ioapic/deliver-without-line',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA, level-triggered interrupts; KVM ioapic_service',
  summary: 'A level-triggered pin delivers only while its input is high.',
  needs: ['ioapic.in', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      const { inputBy } = pin;
      // KVM's line of the pin alone follows the delivery; the request before it has the level.
      const isAsked = inputBy?.kind !== 'ioapic.in' || inputBy.level !== undefined || inputBy.gsi !== undefined;
      const sure = isAsked && m.ctx.channels.covers('ioapic.in') && (inputBy === undefined || !m.ctx.unordered(inputBy, e));
      judge.breachIf(sure ? and(pin.level, not(m.ioapic.requested(pin))) : U, 'input', () => ({
        entity: pin.entity,
        sentence: `level-triggered IOAPIC pin ${e.pin} delivered vector ${e.vec} while its input is low`,
        because: [pin.rteBy, pin.deliverBy, inputBy],
        state: { input: show(pin.input), remote_irr: show(pin.rirr) },
        unless: (later) => later.kind === 'ioapic.in' && later.pin === e.pin,
      }));
    },
  },
};
