// A plain irqfd pulses its GSI, 1 then 0 (KVM irqfd_inject): a level pin that is masked or in service does not notice.

import type { EventOf } from '../../event.js';
import type { IoapicPin } from '../../model/ioapic-pin.js';
import type { Machine } from '../../model/machine.js';
import { RESAMPLE, USERSPACE } from '../../model/sources.js';
import { F, T, U, and, not, or, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** Did the pulse pass unseen: level trigger, blocked all the while, nobody else moving or holding the line? */
function isLost(m: Machine, pin: IoapicPin, rise: EventOf<'kvm.set_irq'>): Tri {
  const delivered = pin.deliverBy !== undefined && pin.deliverBy.seq > rise.seq;
  if (delivered) return F;
  const blocked = and(pin.level, or(pin.mask, pin.rirr));
  const alone = and(not(m.irqfds.pulses.isDriven(rise.gsi)), not(m.sources.level(rise.gsi, RESAMPLE)));
  return and(and(blocked, alone), m.ctx.channels.covers('ioapic.deliver') ? T : U);
}

export const edgePulseOnLevelPin: Rule = {
  id: 'irqfd/edge-pulse-on-level-pin',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM irqfd_inject pulses 1, 0 without KVM_IRQFD_FLAG_RESAMPLE; 82093AA 3.2.4, Trigger Mode',
  summary: 'The pulse of a plain irqfd is not wasted on a level-triggered pin.',
  needs: ['efd.signal', 'kvm.set_irq', ['ioapic.rte', 'ioapic.in']],
  on: {
    'kvm.set_irq': (e, m, judge) => {
      const rise = e.level === 0 && e.source === USERSPACE ? m.irqfds.pulses.underWay(e.gsi) : undefined;
      if (rise === undefined || rise.tid !== e.tid) return;
      for (const number of m.routes.pinsOf(e.gsi) ?? []) {
        const pin = m.ioapic.pin(number);
        judge.breachIf(isLost(m, pin, rise), 'rte', () => ({
          entity: pin.entity,
          sentence: `an irqfd without RESAMPLE pulsed GSI ${e.gsi}, but pin ${number} is level-triggered and ${pin.mask === T ? 'masked' : 'in service'}: the pulse left nothing behind`,
          because: [...m.irqfds.bindingsOf(e.gsi).map(({ by }) => by), pin.rteBy, pin.deliverBy, rise],
          state: { trigger: 'level', 'rte.mask': show(pin.mask), remote_irr: show(pin.rirr) },
          unless: (later) => later.kind === 'ioapic.deliver' && later.pin === number,
        }));
      }
    },
  },
};
