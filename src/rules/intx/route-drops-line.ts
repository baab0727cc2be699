// The 8259 pin that INTx lines are routed to is their OR. Intel ICH9 Family Datasheet, PIRQ[n]_ROUT; QEMU hw/isa/lpc_ich9.c ich9_lpc_update_pic.

import { T, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const routeDropsLine: Rule = {
  id: 'intx/route-drops-line',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel ICH9 Family Datasheet, PIRQ[n]_ROUT (PIRQ steering); PCI Local Bus 3.0, Interrupt Pins: a shared interrupt is the OR of what drives it',
  summary: 'An 8259 pin that INTx lines are routed to is high while one of them is.',
  needs: ['intx.route', 'intx.line', 'pic.in'],
  on: {
    'pic.in': (e, m, judge) => {
      const line = m.intx.heldAt(e.pin);
      if (line === undefined) return;
      const holder = m.intx.holder(line);
      if ([line.by, holder?.changedBy].some((by) => by !== undefined && m.ctx.unordered(by, e))) return;
      if (e.level === 1) return judge.held();
      judge.breach({
        entity: line.entity,
        sentence: `the chipset set 8259 pin ${e.pin} low, although INTx line ${line.name} is routed to it and ${holder?.name} asserts that`,
        because: [holder?.roseBy, line.by],
        state: { [`line[${line.name}]`]: show(line.level), [`drv[${holder?.name}]`]: show(T) },
        unless: (later) => later.kind === 'intx.line' || later.kind === 'intx.route' || ('fn' in later && later.fn === holder?.name),
      });
    },
  },
};
