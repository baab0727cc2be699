// The active registers show what is acknowledged and not deactivated. Arm IHI 0048B, GICD_ISACTIVERn; IHI 0069, GICR_ISACTIVER0.

import type { Rule } from '../rule.js';
import { activeAt, activeBreach, judgeRead, wrongActive } from './read-back.js';
import { onGics } from './views.js';

export const activeMismatch: Rule = {
  id: 'gic/active-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_ISACTIVERn: a bit reads 1 exactly while the interrupt is active',
  summary: 'An active bit reads 1 from the acknowledge to the deactivation, and only then.',
  needs: ['gic.iar', 'gic.eoir', 'gic.read'],
  on: onGics('read', (e, gic, judge) => {
    const of = gic.of(e.id, e.cpu);
    if (of === undefined || e.act === undefined) return;
    judgeRead(judge, activeAt(e, gic, of), wrongActive(e, gic, of), 'other', () =>
      activeBreach(gic, of, e.act === 0 ? `INTID ${e.id} reads inactive although nothing has deactivated it since it became active` : `INTID ${e.id} reads active although nothing has made it so`),
    );
  }),
};
