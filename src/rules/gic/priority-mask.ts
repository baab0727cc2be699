// What is acknowledged passes the priority mask and comes before what runs. Arm IHI 0048B, 3.3; IHI 0069, 4.8.

import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { F, T, U, or, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics, showPriority, showRunning } from './views.js';

/** Does what runs surely keep the priority out? A smaller or equal number is needed whatever the binary point. */
function heldBack(priority: number | undefined, e: GicEvent<'iar'>, gic: Gic): Tri {
  const { top, bottomless } = gic.cpu(e.cpu);
  if (top === undefined) return bottomless ? U : F;
  if (priority === undefined || top.priority === undefined || !gic.sight.sees('eoir')) return U;
  return priority >= top.priority ? T : U;
}

export const priorityMask: Rule = {
  id: 'gic/priority-mask',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, 4.8: an interrupt is signalled if its priority is above the mask and above the running priority',
  summary: 'An acknowledge returns an interrupt whose priority passes the mask and comes before what the CPU runs.',
  needs: ['gic.prio', 'gic.pmr', 'gic.iar'],
  on: onGics('iar', (e, gic, judge) => {
    const of = gic.exists(e.id) === F ? undefined : gic.of(e.id, e.cpu);
    if (of === undefined) return;
    const cpu = gic.cpu(e.cpu);
    if (gic.isTwofold) return judge.undecided('view of the priorities');
    const priority = gic.sight.priority(of);
    const masked = cpu.isMasked(priority);
    judge.breachIf(or(masked, heldBack(priority, e, gic)), 'priorities', () => ({
      entity: entityOf(gic, of.entity),
      sentence:
        masked === T
          ? `CPU ${e.cpu} acknowledged INTID ${e.id} of priority ${showPriority(of.priority)} although its mask is ${showPriority(cpu.pmr)}`
          : `CPU ${e.cpu} acknowledged INTID ${e.id} of priority ${showPriority(of.priority)} while it runs INTID ${cpu.top?.id} of priority ${showPriority(cpu.top?.priority)}, which is not below`,
      because: [of.priorityBy, masked === T ? cpu.pmrBy : cpu.top?.by, of.lineBy, of.latchBy],
      state: { priority: showPriority(of.priority), mask: showPriority(cpu.pmr), running: showRunning(cpu) },
    }));
  }),
};
