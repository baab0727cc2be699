// A handler removes its cause. Linux commit 67b5b673ad4d: a level line that nobody lowers makes the guest take it for ever.

import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

const DEFAULT_STORM = 1000;

export const eoiStorm: Rule = {
  id: 'gic/eoi-storm',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Linux commit 67b5b673ad4d: a level interrupt whose line never falls is taken again at each EOI',
  summary: 'A level line is lowered by its handler: it does not stay high through a thousand acknowledges.',
  needs: ['gic.in', 'gic.iar', 'gic.eoir'],
  on: onGics('iar', (e, gic, judge, m) => {
    const of = gic.of(e.id, e.cpu);
    if (of === undefined || of.heldByLine !== T) return;
    if (of.cycles < (m.ctx.config.stormN ?? DEFAULT_STORM)) return judge.held();
    judge.breach({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} has acknowledged INTID ${e.id} ${of.cycles + 1} times, and its line has been high all along`,
      because: [of.lineBy, of.endBy, of.activeBy],
      state: { line: '1', cycles: String(of.cycles) },
    });
  }),
};
