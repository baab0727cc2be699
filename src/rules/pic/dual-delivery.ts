// One assertion is delivered by one controller: the guest masks the other one. KVM kvm_set_irq sets PIC and IOAPIC alike.

import { pin as asPin } from '../../ids.js';
import type { Event } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** GSI 0 is wired to pin 2 of the IOAPIC, and GSI 2 is the cascade. */
const ioapicPin = (pin: number): number => (pin === 0 ? 2 : pin === 2 ? -1 : pin);

/** Has the IOAPIC delivered since the input rose, the same line having risen there once? */
function deliveredToo(pin: number, roseBy: Event | undefined, m: Machine): Tri {
  const number = ioapicPin(pin);
  if (number < 0 || roseBy?.kind !== 'pic.in' || roseBy.level !== 1) return F;
  const { deliverBy, inputBy, vec } = m.ioapic.pin(asPin(number));
  if (deliverBy === undefined || deliverBy.seq < roseBy.seq || deliverBy.vec !== vec) return F;
  // The two halves of one assertion are traced next to each other, in either order.
  const together = inputBy?.kind === 'ioapic.in' && inputBy.level === 1 && inputBy.seq < deliverBy.seq;
  return together || inputBy === undefined || inputBy.seq < roseBy.seq ? T : U;
}

export const dualDelivery: Rule = {
  id: 'pic/dual-delivery',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM kvm_set_irq: the level goes to the PIC and to the IOAPIC, and the guest ignores the one it does not use',
  summary: 'One assertion of a GSI is not delivered by the 8259 pair and by the IOAPIC.',
  needs: ['pic.in', 'pic.inta', 'ioapic.deliver'],
  on: {
    'pic.inta': (e, m, judge) => {
      const history = m.pic.chipOf(e.pin).pins[e.pin & 7];
      const roseBy = history?.inputBy;
      const again = history?.takenBy !== undefined && roseBy !== undefined && history.takenBy.seq > roseBy.seq;
      judge.breachIf(again ? F : deliveredToo(e.pin, roseBy, m), 'input', () => ({
        entity: `gsi:${e.pin}`,
        sentence: `one assertion of GSI ${e.pin} was delivered by the IOAPIC and is acknowledged at the 8259 pair as vector ${e.vec} as well`,
        because: [roseBy, m.ioapic.pin(asPin(ioapicPin(e.pin))).rteBy, m.ioapic.pin(asPin(ioapicPin(e.pin))).deliverBy],
        state: { imr: m.pic.chipOf(e.pin).imr.show() },
      }));
    },
  },
};
