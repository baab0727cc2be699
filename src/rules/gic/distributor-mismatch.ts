// The group enables of the distributor read as they were written. Arm IHI 0048B, GICD_CTLR; IHI 0069, 12.9.4.

import type { Event } from '../../event.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import type { Machine } from '../../model/machine.js';
import type { Judge, Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

function judgeControl(e: GicEvent<'ctlr'>, gic: Gic, judge: Judge, m: Machine): void {
  const certain = (by: Event): boolean => m.ctx.config.gicViews === 0 && m.ctx.channels.of(by.kind).shows(e.stream) && !m.ctx.unordered(by, e);
  // A reset leaves both off, and nobody records it.
  const isReset = (by: Event): boolean => e.grp0 === 0 && e.grp1 === 0 && !gic.distributor.isSame(by, e);
  for (const group of [0, 1] as const) {
    const read = group === 0 ? e.grp0 : e.grp1;
    const by = gic.distributor.writtenTo(group);
    if (by?.val === undefined) continue;
    if (by.val === read) judge.held();
    else if (!certain(by) || isReset(by)) judge.undecided('view');
    else
      return judge.breach({
        entity: entityOf(gic, 'gic:dist'),
        sentence: `the distributor's enable of group ${group} reads ${read}, but ${by.val} was written, and nothing since`,
        because: [by],
      });
  }
}

export const distributorMismatch: Rule = {
  id: 'gic/distributor-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_CTLR.EnableGrp0 and EnableGrp1: the fields read as written',
  summary: 'The group enables of the distributor read as last written.',
  needs: ['gic.dist', 'gic.ctlr'],
  on: onGics('ctlr', judgeControl),
};
