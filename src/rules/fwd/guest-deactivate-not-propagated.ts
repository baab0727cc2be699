// The guest's deactivation of a list register with HW=1 deactivates the physical interrupt. Arm IHI 0069, ICH_LR<n>_EL2.HW.

import type { Rule } from '../rule.js';

export const guestDeactivateNotPropagated: Rule = {
  id: 'fwd/guest-deactivate-not-propagated',
  severity: 'violation',
  class: 'deadline',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2.HW: the deactivation is sent to the distributor',
  summary: 'When the guest has ended a forwarded interrupt its physical one reads inactive.',
  needs: ['vgic.flush', 'vgic.fold', 'pgic.read'],
  on: {
    'pgic.read': (e, m, judge) => {
      const released = m.forwarding.releasedBy(e.id, e.cpu);
      if (released === undefined || e.act === undefined) return;
      if (e.act === 0) return judge.held();
      if (released.stream !== e.stream) return judge.undecided('clock');
      if (!m.forwarding.showsActivation(e.stream, e.id) || !m.pgic.sight.sees('iar')) return judge.undecided('active state of the physical interrupt');
      judge.breach({
        entity: `pintid:${e.id}`,
        sentence: `the guest has ended the virtual interrupt of pINTID ${e.id}, whose list register had HW=1, and the physical one reads active still: it never fires again`,
        because: [...m.forwarding.mapsTo(e.id), released],
        state: { 'physical active': '1' },
        unless: (later) => (later.kind === 'pgic.iar' || later.kind === 'pgic.act') && later.id === e.id,
      });
    },
  },
};
