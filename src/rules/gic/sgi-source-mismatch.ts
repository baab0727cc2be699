// GICv2: the end of an SGI names the CPU that sent it. Arm IHI 0048B, GICC_EOIR and GICC_DIR, CPUID field. Software that writes
// the INTID alone (Xen, gicv2_read_irq and gicv2_eoi_irq) does so with CPUs other than 0 too, and ends it all the same: an SGI has
// one active state for all its sources (GICD_ISACTIVER0).

import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { F } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

function judgeSource(e: GicEvent<'eoir'> | GicEvent<'dir'>, gic: Gic, judge: Judge): void {
  const of = e.srccpu === undefined ? undefined : gic.of(e.id, e.cpu);
  const taken = gic.cpu(e.cpu).find(e.id)?.by ?? of?.activeBy;
  if (of === undefined || of.active === F || (taken?.kind !== 'gic.iar' && taken?.kind !== 'pgic.iar') || taken.srccpu === undefined) return;
  if (taken.srccpu === e.srccpu) return judge.held();
  const alone = e.srccpu === 0;
  judge.breach({
    entity: entityOf(gic, of.entity),
    sentence: `CPU ${e.cpu} ended SGI ${e.id} of CPU ${e.srccpu}, but it took the one of CPU ${taken.srccpu}${alone ? '; 0 is what a handler writes that leaves the source out' : ''}`,
    ...(alone && { severity: 'suspicious' }),
    because: [taken, of.latchBy],
    state: { source: String(taken.srccpu) },
  });
}

export const sgiSourceMismatch: Rule = {
  id: 'gic/sgi-source-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICC_EOIR: for an SGI the CPUID field must be that of the acknowledge',
  summary: 'The end of an SGI names the source that its acknowledge returned.',
  needs: ['gic.iar', 'gic.eoir'],
  on: { ...onGics('eoir', judgeSource), ...onGics('dir', judgeSource) },
};
