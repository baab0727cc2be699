// The pending registers show line and latch. Arm IHI 0048B, GICD_ISPENDRn; IHI 0069, GICR_ISPENDR0.

import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { FIRST_LPI } from '../../model/intids.js';
import { F, T, U, not, or, type Tri } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { judgeRead, pendingAt, pendingBreach, wrongPending } from './read-back.js';
import { MADE_PENDING, onGics } from './views.js';

function judgeHighest(e: GicEvent<'hppir'>, gic: Gic, judge: Judge): void {
  const of = gic.exists(e.id) === F || e.id >= FIRST_LPI ? undefined : gic.of(e.id, e.cpu);
  if (of === undefined) return;
  const idle: Tri = of.phantomBy === undefined ? not(gic.sight.pending(of)) : U;
  const active = gic.sight.surelyActive(of);
  judge.breachIf(or(idle, active), 'pending state', () =>
    pendingBreach(gic, of, `CPU ${e.cpu} reads INTID ${e.id} as the highest pending interrupt although it is ${active === T ? 'active' : 'not pending'}`),
  );
}

export const pendingMismatch: Rule = {
  id: 'gic/pending-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_ISPENDRn: a bit reads 1 exactly while the interrupt is pending',
  summary: 'A pending bit reads 1 exactly while the interrupt is pending, and the highest pending interrupt is pending and not active.',
  needs: [MADE_PENDING, 'gic.iar', ['gic.read', 'gic.hppir']],
  on: {
    ...onGics('hppir', judgeHighest),
    ...onGics('read', (e, gic, judge) => {
      const of = gic.of(e.id, e.cpu);
      if (of === undefined || e.pend === undefined) return;
      judgeRead(judge, pendingAt(e, gic, of), wrongPending(e, gic, of), 'other', () =>
        pendingBreach(
          gic,
          of,
          e.pend === 1
            ? `INTID ${e.id} reads pending although its line is ${of.line === 1 ? 'high, but it is edge-triggered' : 'low'} and nothing is latched`
            : `INTID ${e.id} reads not pending although it was made so and nobody has taken it`,
        ),
      );
    }),
  },
};
