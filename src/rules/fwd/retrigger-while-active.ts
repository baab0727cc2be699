// An active interrupt is not signalled again. Arm IHI 0048B, 3.2.4; Linux, the guest owns the active state of what is forwarded.

import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const retriggerWhileActive: Rule = {
  id: 'fwd/retrigger-while-active',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, 3.2.4: an active interrupt is not signalled',
  summary: 'A forwarded interrupt is not acknowledged again before it has been deactivated.',
  needs: [['vgic.map', 'vgic.flush'], 'pgic.iar'],
  on: {
    'pgic.iar': (e, m, judge) => {
      const of = m.pgic.of(e.id, e.cpu);
      // What the host drops and does not deactivate is a guest's to end, though none has got it yet.
      const left = of?.dropBy !== undefined && m.vgic.unhanded.has(e.id, e.cpu, of.activeBy) ? of.dropBy : undefined;
      const forwarded = m.forwarding.forwardedBy(e.id) ?? left;
      if (forwarded === undefined) return;
      const active = of === undefined ? U : m.pgic.sight.surelyActive(of, left !== undefined);
      if (active === F) return judge.held();
      const isShown = left !== undefined || (m.vgic.sight.isWhole(e.stream) && m.forwarding.showsActivation(e.stream, e.id));
      if (active !== T || !isShown) return judge.undecided('active state of the physical interrupt');
      judge.breach({
        entity: `pintid:${e.id}`,
        sentence: `the host acknowledges pINTID ${e.id} once more, which it ${left === undefined ? 'has forwarded' : 'has dropped and not deactivated'}, and which is active: nobody has deactivated it since`,
        because: [forwarded, m.pgic.activeBy(e.id, e.cpu)],
        state: { 'physical active': '1' },
        unless: (later) => (later.kind === 'pgic.dir' || later.kind === 'pgic.eoir' || later.kind === 'pgic.act') && later.id === e.id,
      });
    },
  },
};
