// GICv2: an acknowledge of an SGI names a CPU that has sent it. Arm IHI 0048B, GICC_IAR, CPUID field.

import { F, U, not, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const sgiSourceWrong: Rule = {
  id: 'gic/sgi-source-wrong',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICC_IAR: for an SGI the CPUID field is the processor that requested it',
  summary: 'The source that the acknowledge of an SGI names has sent it.',
  needs: ['gic.pend', 'gic.iar'],
  on: onGics('iar', (e, gic, judge) => {
    const of = e.srccpu === undefined ? undefined : gic.of(e.id, e.cpu);
    // Not pending at all is a rule of its own.
    if (e.srccpu === undefined || of === undefined || of.pending === F) return;
    judge.breachIf(gic.sight.seesPending(of) ? not(of.pendingFrom(e.srccpu)) : U, 'source of the SGI', () => ({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} acknowledged SGI ${e.id} as one of CPU ${e.srccpu}, which has not sent it since it was last taken`,
      because: [of.activeBy, of.latchBy],
      state: { pending: show(of.pending), 'pending from the source': '0' },
    }));
  }),
};
