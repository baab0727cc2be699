// Ends of interrupt mirror the acknowledges. Arm IHI 0069, ICC_EOIR1_EL1; IHI 0048B, GICC_EOIR.

import type { Rule } from '../rule.js';
import { onEnds } from './ends.js';

export const eoirOutOfOrder: Rule = {
  id: 'gic/eoir-out-of-order',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_EOIR1_EL1: the value must be that of the most recent valid acknowledge, else UNPREDICTABLE',
  summary: 'An end of interrupt names the most recent acknowledge that has not been ended.',
  needs: ['gic.iar', 'gic.eoir'],
  on: onEnds('order', (e, cpu) => ({
    sentence: `CPU ${e.cpu} ended INTID ${e.id}, but its most recent acknowledge is of INTID ${cpu.top?.id}`,
    because: [cpu.find(e.id)?.by, cpu.top?.by],
  })),
};
