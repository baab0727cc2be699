// What is ended was acknowledged. Arm IHI 0069, ICC_EOIR1_EL1; IHI 0048B, GICC_EOIR.

import { F } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { onEnds } from './ends.js';

export const eoirWithoutIar: Rule = {
  id: 'gic/eoir-without-iar',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_EOIR1_EL1: the value must be that of the most recent valid acknowledge, else UNPREDICTABLE',
  summary: 'An end of interrupt names an interrupt that the CPU has acknowledged and not ended.',
  needs: ['gic.iar', 'gic.eoir'],
  on: onEnds('alone', (e, cpu, gic) => {
    const of = gic.of(e.id, e.cpu);
    const top = cpu.top === undefined ? 'everything acknowledged has been ended' : `its most recent acknowledge is of INTID ${cpu.top.id}`;
    return {
      sentence: `CPU ${e.cpu} ended INTID ${e.id}, which it does not run: ${gic.exists(e.id) === F ? 'the GIC has no such interrupt' : top}`,
      because: [of?.activeBy, of?.endBy, of?.dropBy, cpu.top?.by, cpu.freeBy],
    };
  }),
};
