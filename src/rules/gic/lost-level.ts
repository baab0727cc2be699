// A level interrupt is pending while its line is high. Arm IHI 0048B, 3.2.4; Linux commit faa1b46c3e9f.

import type { Rule } from '../rule.js';
import { onPassedOver } from './lost.js';
import { judgeRead, pendingAt, pendingBreach, wrongPending } from './read-back.js';
import { onGics } from './views.js';

export const lostLevel: Rule = {
  id: 'gic/lost-level',
  severity: 'violation',
  class: 'deadline',
  clause: 'Arm IHI 0048B, 3.2.4: a level-sensitive interrupt is pending while its signal is asserted',
  summary: 'A level interrupt whose line is high is pending, and is taken before lower priorities or none.',
  needs: ['gic.in', 'gic.iar'],
  on: {
    ...onPassedOver('line', 'waits: its line is high'),
    ...onGics('read', (e, gic, judge) => {
      const of = gic.of(e.id, e.cpu);
      if (of === undefined || e.pend === undefined) return;
      judgeRead(judge, pendingAt(e, gic, of), wrongPending(e, gic, of), 'level', () => pendingBreach(gic, of, `INTID ${e.id} reads not pending although its line is high`));
    }),
  },
};
