// Acknowledges that find nothing. Arm IHI 0048B, 3.2.5: INTID 1023. Reading until 1023 is how GICv2 software drains.

import { SPURIOUS } from '../../model/intids.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

const DEFAULT_MIN = 1000;
const SHARE = 0.2;

export const spuriousRate: Rule = {
  id: 'gic/spurious-rate',
  severity: 'info',
  class: 'safety',
  clause: 'Arm IHI 0048B, 3.2.5: spurious interrupts',
  summary: 'No more than a fifth of all acknowledges find nothing, those apart that end a drain loop.',
  needs: ['gic.iar'],
  on: onGics('iar', (e, gic, judge, m) => {
    const { acknowledges, spurious, drains } = gic.cpu(e.cpu);
    if (e.id !== SPURIOUS || drains || acknowledges < (m.ctx.config.spuriousMin ?? DEFAULT_MIN) || (spurious + 1) / (acknowledges + 1) <= SHARE) return judge.held();
    const entity = entityOf(gic, `gic:cpu${e.cpu}`);
    if (judge.repeats(entity)) return;
    judge.breach({
      entity,
      sentence: `${spurious + 1} of ${acknowledges + 1} acknowledges of CPU ${e.cpu} found nothing: lines fall before they are looked at`,
      state: { spurious: String(spurious + 1), acknowledges: String(acknowledges + 1) },
    });
  }),
};
