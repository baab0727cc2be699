// Ending a special INTID does nothing. Arm IHI 0069, ICC_EOIR1_EL1: a write of a special INTID is ignored.

import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { isSpecial } from '../../model/intids.js';
import type { Judge, Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

function count(e: GicEvent<'eoir'> | GicEvent<'dir'>, gic: Gic, judge: Judge): void {
  if (!isSpecial(e.id)) return judge.held();
  const entity = entityOf(gic, `gic:cpu${e.cpu}`);
  if (!judge.repeats(entity)) judge.breach({ entity, sentence: `CPU ${e.cpu} ended the special INTID ${e.id}, which is ignored` });
}

export const spuriousEoiWrite: Rule = {
  id: 'gic/spurious-eoi-write',
  severity: 'info',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_EOIR1_EL1: a write of a special INTID is ignored',
  summary: 'Ends of INTIDs 1020 to 1023 are counted: legal, but they tell of a handler that does not look at what it was given.',
  needs: ['gic.eoir'],
  on: { ...onGics('eoir', count), ...onGics('dir', count) },
};
