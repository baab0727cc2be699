// An acknowledge returns an interrupt that exists, or that there is none. Arm IHI 0048B, 3.2.5; IHI 0069, 2.2.

import type { Gic } from '../../model/gic.js';
import { isSpecial } from '../../model/intids.js';
import type { GicEvent } from '../../model/gic-event.js';
import { F, T, U, not, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

const NONE = 1023;
const OTHER_STATE = 1022;
function reserved(e: GicEvent<'iar'>, gic: Gic): Tri {
  if (e.id === NONE) return F;
  // A group that this access does not see, or a non-maskable one.
  if (e.id === OTHER_STATE) return U;
  if (isSpecial(e.id)) return gic.isVersion2 || e.group === 1 ? T : U;
  return not(gic.exists(e.id));
}

export const reservedIntid: Rule = {
  id: 'gic/reserved-intid',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, 2.2: special INTIDs, and GICD_TYPER.ITLinesNumber',
  summary: 'An acknowledge returns an INTID that exists, or 1023.',
  needs: ['gic.iar'],
  on: onGics('iar', (e, gic, judge, m) => {
    const lines = m.ctx.config.gicLines;
    judge.breachIf(reserved(e, gic), 'number of interrupts', () => ({
      entity: entityOf(gic, `intid:${e.id}`),
      sentence: `CPU ${e.cpu} acknowledged INTID ${e.id}, which is ${isSpecial(e.id) || e.id > NONE ? 'reserved' : `beyond the ${lines} that the GIC has`}`,
      state: { lines: String(lines ?? 'unknown') },
    }));
  }),
};
