// The pending registers show line and latch. Arm IHI 0048B, GICD_ISPENDRn; IHI 0069, GICR_ISPENDR0.

import type { Rule } from '../rule.js';
import { judgeRead, pendingBreach, wrongPending } from './read-back.js';
import { onGics } from './views.js';

export const pendingMismatch: Rule = {
  id: 'gic/pending-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_ISPENDRn: a bit reads 1 exactly while the interrupt is pending',
  summary: 'A pending bit reads 1 exactly while the interrupt is pending.',
  needs: ['gic.in', 'gic.iar', 'gic.read'],
  on: onGics('read', (e, gic, judge) => {
    const of = gic.of(e.id, e.cpu);
    if (of === undefined || e.pend === undefined) return;
    judgeRead(judge, of.pending, wrongPending(e, gic, of), 'other', () =>
      pendingBreach(
        gic,
        of,
        e.pend === 1
          ? `INTID ${e.id} reads pending although its line is ${of.line === 1 ? 'high, but it is edge-triggered' : 'low'} and nothing is latched`
          : `INTID ${e.id} reads not pending although it was made so and nobody has taken it`,
      ),
    );
  }),
};
