// Two level pins with one vector: the EOI of either acknowledges both. KVM kvm_ioapic_update_eoi loops over all pins.

import type { EventOf } from '../../event.js';
import { sentBy } from '../../model/apic-requests.js';
import { isVectored } from '../../model/delivery.js';
import type { IoapicPin } from '../../model/ioapic-pin.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, join, known } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

type Sent = EventOf<'apic.msg'> | EventOf<'apic.ipi'>;

/** Do the message and the pin's go to one destination, named alike? */
function meets(pin: IoapicPin, e: Sent): boolean {
  if (e.kind === 'apic.ipi' && e.shorthand !== 'none') return e.shorthand === 'self' && pin.logical === F && pin.dst === e.cpu;
  return pin.dst !== undefined && e.logical !== undefined && pin.dst === e.dst && pin.logical === known(e.logical);
}

/** Of one that is not an IOAPIC's own: an edge leaves the vector's TMR bit clear, and the EOI of the pin's interrupt is not broadcast. */
function judgeSent(e: Sent, m: Machine, judge: Judge): void {
  if (e.trig !== 'edge' || !isVectored(e.dm) || (e.kind === 'apic.msg' && m.causes.of(e) !== undefined)) return;
  for (const pin of m.ioapic.all()) {
    if (pin.vec !== e.vec || pin.mask !== F || pin.level !== T || !meets(pin, e) || judge.repeats(pin.entity)) continue;
    judge.breach({ entity: pin.entity, sentence: `the ${sentBy(e)} is an edge, and level-triggered IOAPIC pin ${pin.number} has its vector and destination`, because: [pin.rteBy] });
  }
}

export const sharedVector: Rule = {
  id: 'ioapic/shared-vector',
  severity: 'info',
  class: 'resource',
  clause: 'KVM kvm_ioapic_update_eoi: an EOI goes to every pin with its vector',
  summary: 'Two unmasked level pins, or one and a message as edge, do not carry one vector to one destination.',
  needs: ['ioapic.rte'],
  on: {
    'apic.msg': judgeSent,
    'apic.ipi': judgeSent,
    'ioapic.rte': (e, m, judge) => {
      const own = m.ioapic.pin(e.pin);
      const vec = e.vec ?? own.vec;
      if (e.mask !== 0 || e.trig !== 'level' || vec === undefined) return;
      const dst = e.dst ?? own.dst;
      for (const pin of m.ioapic.all()) {
        if (pin === own || pin.mask !== F || pin.level !== T || pin.vec !== vec) continue;
        if (pin.dst === undefined || pin.dst !== dst || join(pin.logical, own.logical) === U) return judge.undecided('rte.destination');
        judge.breach({
          entity: own.entity,
          sentence: `IOAPIC pins ${pin.number} and ${e.pin} are both level-triggered with vector ${vec} at one destination: one EOI acknowledges both`,
          because: [pin.rteBy],
        });
        return;
      }
      judge.held();
    },
  },
};
