// An SPI goes to the CPUs it is routed to. Arm IHI 0048B, GICD_ITARGETSRn; IHI 0069, GICD_IROUTER<n>.

import { FIRST_LPI, FIRST_SPI } from '../../model/intids.js';
import { F, U, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const wrongTarget: Rule = {
  id: 'gic/wrong-target',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_ITARGETSRn; IHI 0069, GICD_IROUTER<n>: an SPI is forwarded to its target CPUs only',
  summary: 'An SPI is acknowledged by a CPU that it is routed to.',
  needs: ['gic.route', 'gic.iar'],
  on: onGics('iar', (e, gic, judge, m) => {
    const of = e.id < FIRST_SPI || e.id >= FIRST_LPI || gic.exists(e.id) === F ? undefined : gic.of(e.id, e.cpu);
    if (of === undefined) return;
    // A Non-secure access may not reach the register.
    judge.breachIf(m.ctx.config.gicViews === 0 ? not(of.targets.includes(e.cpu)) : U, 'targets', () => ({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} acknowledged INTID ${e.id}, which is not routed to it`,
      because: [of.targets.by, of.lineBy, of.latchBy],
    }));
  }),
};
