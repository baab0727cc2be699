// A forwarded interrupt is the guest's to deactivate. Linux gic_eoimode1_eoi_irq (irqd_is_forwarded_to_vcpu); Arm IHI 0048B, 3.2.1.

import type { Event, EventOf } from '../../event.js';
import { FIRST_SPI } from '../../model/intids.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, and, type Tri } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

type PhysicalEnd = EventOf<'pgic.eoir'> | EventOf<'pgic.dir'>;

/** Is it forwarded still? A hardware's log shows what list registers hold, and not when a map ends. A PPI of another CPU is another interrupt. */
function lasts(forwarded: Event, { id, cpu }: PhysicalEnd, m: Machine): boolean {
  if (forwarded.kind !== 'vgic.map' || m.ctx.channels.of('vgic.unmap').shows(forwarded.stream)) return true;
  const holders = m.forwarding.mapsTo(id).flatMap(({ vid }) => m.vgic.holders(forwarded.stream, vid));
  return holders.some(({ bank, slot }) => slot.pid === id && slot.inUse === T && (id >= FIRST_SPI || bank.cpu === cpu));
}

function judgeEnd(e: PhysicalEnd, deactivates: Tri, m: Machine, judge: Judge): void {
  const forwarded = m.forwarding.forwardedBy(e.id);
  if (forwarded === undefined || deactivates === F) return;
  // Unless the guest's own accesses are shown it may have ended it before.
  const of = m.pgic.of(e.id, e.cpu);
  const active: Tri = of !== undefined && m.vgic.sight.isWhole(e.stream) ? m.pgic.sight.surelyActive(of) : U;
  if (active === F) return;
  if (!lasts(forwarded, e, m)) return judge.undecided('vgic.unmap');
  judge.breachIf(and(deactivates, active), 'active state of the physical interrupt', () => ({
    entity: `pintid:${e.id}`,
    sentence: `the host deactivates pINTID ${e.id} itself, which is forwarded to a guest that has not ended it: a level fires again at once`,
    because: [forwarded, m.pgic.activeBy(e.id, e.cpu)],
    state: { 'physical active': '1' },
  }));
}

export const hostDeactivates: Rule = {
  id: 'fwd/host-deactivates',
  severity: 'violation',
  class: 'safety',
  clause: 'Linux irqd_set_forwarded_to_vcpu: the chip must not deactivate; Arm IHI 0048B, 3.2.1',
  summary: 'The host leaves the deactivation of a forwarded interrupt to the guest.',
  needs: ['vgic.map', 'pgic.iar', 'pgic.dir'],
  on: {
    'pgic.dir': (e, m, judge) => judgeEnd(e, m.pgic.eoimode(e.cpu), m, judge),
    'pgic.eoir': (e, m, judge) => {
      const mode = m.pgic.eoimode(e.cpu);
      if (mode === T && m.forwarding.forwardedBy(e.id) !== undefined) judge.held();
      judgeEnd(e, mode === U ? U : mode === F ? T : F, m, judge);
    },
  },
};
