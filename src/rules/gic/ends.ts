// What the two rules about ends of interrupt share: an end names what the CPU runs, and that is what it took last.

import type { GicCpu } from '../../model/gic-cpu.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { isSpecial } from '../../model/intids.js';
import { F } from '../../model/tri.js';
import type { Breach, Rule } from '../rule.js';
import { entityOf, onGics, showRunning } from './views.js';

type Told = Pick<Breach, 'sentence' | 'because'>;

/** Judges ends that are wrong in this way: out of order, or of what the CPU does not run at all. */
export function onEnds(wrong: 'order' | 'alone', tell: (e: GicEvent<'eoir'>, cpu: GicCpu, gic: Gic) => Told): NonNullable<Rule['on']> {
  return onGics('eoir', (e, gic, judge) => {
    if (isSpecial(e.id)) return;
    const cpu = gic.cpu(e.cpu);
    const where = gic.exists(e.id) === F ? 'alone' : cpu.misplaced(e);
    if (where === 'unknown' || (!gic.sight.seesAcknowledges(e.group) && gic.exists(e.id) !== F)) return judge.undecided('what runs');
    if (where !== wrong) return judge.held();
    judge.breach({ entity: entityOf(gic, `intid:${e.id}@cpu${e.cpu}`), ...tell(e, cpu, gic), state: { running: showRunning(cpu) } });
  });
}
