// Only what is pending is acknowledged. Arm IHI 0048B, 3.2.4: Pending to Active.

import type { Vcpu } from '../../ids.js';
import type { Gic } from '../../model/gic.js';
import type { GicInterrupt } from '../../model/gic-interrupt.js';
import { FIRST_LPI } from '../../model/intids.js';
import { F, T, U, not, show, showTrigger, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { MADE_PENDING, entityOf, onGics } from './views.js';

/** Is it surely not pending? An LPI of which the beginning is not known may have been left so with any CPU but the one that took it last. */
function idle(gic: Gic, of: GicInterrupt, cpu: Vcpu): Tri {
  if (of.id >= FIRST_LPI && !gic.restIsIdle && of.targets.taker !== cpu) return U;
  return of.phantomBy !== undefined && gic.sight.seesPending(of) ? T : not(gic.sight.pending(of));
}

export const activateNotPending: Rule = {
  id: 'gic/activate-not-pending',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, 3.2.4: an acknowledge makes a pending interrupt active',
  summary: 'An acknowledge returns an interrupt that is pending.',
  needs: [MADE_PENDING, 'gic.iar'],
  on: onGics('iar', (e, gic, judge) => {
    const of = gic.exists(e.id) === F ? undefined : gic.of(e.id, e.cpu);
    if (of === undefined) return;
    judge.breachIf(idle(gic, of, e.cpu), 'pending state', () => ({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} acknowledged INTID ${e.id}, which is not pending: its line is ${of.line === T ? 'high, but it is edge-triggered' : 'low'} and nothing has been latched since it was last taken`,
      because: [of.lineBy, of.latchBy, of.clearBy, of.activeBy, of.phantomBy],
      state: { line: show(of.line), latch: show(of.phantomBy === undefined ? of.latch : 0), trigger: showTrigger(of.level) },
      unless: (later) => (later.kind === 'gic.in' || later.kind === 'pgic.in' || later.kind === 'gic.pend' || later.kind === 'pgic.pend') && later.id === e.id,
    }));
  }),
};
