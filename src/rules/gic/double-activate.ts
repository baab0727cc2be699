// An active interrupt is not acknowledged again. Arm IHI 0048B, 3.2.4: Active and Pending waits for the deactivation.

import { FIRST_LPI } from '../../model/intids.js';
import { F, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const doubleActivate: Rule = {
  id: 'gic/double-activate',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, 3.2.4: an interrupt that is active and pending is not signalled before it has been deactivated',
  summary: 'An interrupt is not acknowledged again before it has been deactivated.',
  needs: ['gic.iar', 'gic.eoir'],
  on: onGics('iar', (e, gic, judge, m) => {
    const of = gic.exists(e.id) === F || e.id >= FIRST_LPI ? undefined : gic.of(e.id, e.cpu);
    // A forwarded interrupt has a rule of its own.
    if (of === undefined || (gic.view === 'pgic' && m.forwarding.forwardedBy(e.id) !== undefined)) return;
    const active = gic.sight.surelyActive(of);
    if (active === F) return judge.held();
    judge.breachIf(active, 'active state', () => ({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} acknowledged INTID ${e.id} again although it is active: nothing has deactivated it since`,
      because: [of.activeBy, of.dropBy, of.lineBy],
      state: { active: show(of.active), pending: show(of.pending) },
      unless: (later) => /^p?gic\.(?:eoir|dir|act)$/.test(later.kind) && 'id' in later && later.id === e.id,
    }));
  }),
};
