// What is latched stays pending, over an active state too. Arm IHI 0048B, 3.2.4: Active and Pending becomes Pending.

import type { Rule } from '../rule.js';
import { onPassedOver } from './lost.js';
import { judgeRead, pendingAt, pendingBreach, wrongPending } from './read-back.js';
import { MADE_PENDING, onGics } from './views.js';

export const lostEdge: Rule = {
  id: 'gic/lost-edge',
  severity: 'violation',
  class: 'deadline',
  clause: 'Arm IHI 0048B, 3.2.4: an edge while active makes the interrupt active and pending, and its deactivation pending',
  summary: 'An interrupt that became pending while it was active stays so, and is taken before lower priorities or none.',
  needs: [MADE_PENDING, 'gic.iar'],
  on: {
    ...onPassedOver('latch', 'waits: it has been latched'),
    ...onGics('read', (e, gic, judge) => {
      const of = gic.of(e.id, e.cpu);
      if (of === undefined || e.pend === undefined) return;
      judgeRead(judge, pendingAt(e, gic, of), wrongPending(e, gic, of), 'edge', () => pendingBreach(gic, of, `INTID ${e.id} reads not pending although it was triggered again while it was active`));
    }),
  },
};
