// DIR is for the split of EOI. Arm IHI 0048B, GICC_DIR: with EOImode 0 the write is ignored, or raises an error.

import { isSpecial } from '../../model/intids.js';
import { not } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const dirInEoimode0: Rule = {
  id: 'gic/dir-in-eoimode0',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_DIR_EL1: with EOImode 0 a write is ignored and may raise a system error',
  summary: 'DIR is written only while EOImode is 1.',
  needs: ['gic.eoimode', 'gic.dir'],
  on: onGics('dir', (e, gic, judge) => {
    if (isSpecial(e.id)) return;
    const of = gic.of(e.id, e.cpu);
    judge.breachIf(not(gic.eoimode(e.cpu)), 'EOImode', () => ({
      entity: entityOf(gic, `intid:${e.id}@cpu${e.cpu}`),
      sentence: `CPU ${e.cpu} wrote INTID ${e.id} to DIR while its EOIR deactivates: the write is ignored or faults`,
      because: [of?.activeBy, of?.endBy],
      state: { eoimode: '0' },
    }));
  }),
};
