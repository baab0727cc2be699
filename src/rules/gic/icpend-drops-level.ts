// Clearing a pending level interrupt clears the latch, not the input. Linux commit faa1b46c3e9f; Arm IHI 0048B, GICD_ICPENDRn.

import type { Rule } from '../rule.js';
import { judgeRead, pendingAt, pendingBreach, wrongPending } from './read-back.js';
import { onGics } from './views.js';

export const icpendDropsLevel: Rule = {
  id: 'gic/icpend-drops-level',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_ICPENDRn: a level-sensitive interrupt stays pending while its signal is asserted',
  summary: 'A level interrupt whose line is high stays pending when its pending bit is cleared.',
  needs: ['gic.in', 'gic.pend', 'gic.read'],
  on: onGics('read', (e, gic, judge) => {
    const of = gic.of(e.id, e.cpu);
    if (of === undefined || e.pend === undefined || of.clearBy === undefined) return;
    judgeRead(judge, pendingAt(e, gic, of), wrongPending(e, gic, of), 'cleared-level', () =>
      pendingBreach(gic, of, `INTID ${e.id} reads not pending since ICPENDR was written, although its line is high`),
    );
  }),
};
