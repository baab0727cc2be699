// A disabled interrupt is not acknowledged. Arm IHI 0048B, 4.3.1 (GICD_CTLR), 4.3.5 (GICD_ISENABLERn); IHI 0069, 4.8.

import { FIRST_LPI } from '../../model/intids.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { F, not, or, show } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

function judgeHighest(e: GicEvent<'hppir'>, gic: Gic, judge: Judge): void {
  const of = gic.exists(e.id) === F || e.id >= FIRST_LPI ? undefined : gic.of(e.id, e.cpu);
  if (of === undefined) return;
  judge.breachIf(not(gic.sight.enabled(of)), 'enable bit', () => ({
    entity: entityOf(gic, of.entity),
    sentence: `CPU ${e.cpu} reads INTID ${e.id} as the highest pending interrupt although it is disabled`,
    because: [of.enabledBy, of.lineBy, of.latchBy],
    state: { enabled: show(of.enabled), pending: show(of.pending) },
  }));
}

export const activateDisabled: Rule = {
  id: 'gic/activate-disabled',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, 4.3.5 and 4.3.1: a disabled interrupt, or one of a disabled group, is not forwarded to a CPU interface',
  summary: 'Neither an acknowledge nor the register of the highest pending interrupt returns one that is disabled, or whose group is.',
  needs: ['gic.en', 'gic.iar'],
  on: {
    ...onGics('hppir', judgeHighest),
    ...onGics('iar', (e, gic, judge) => {
      if (gic.exists(e.id) === F || e.id >= FIRST_LPI) return;
      const of = gic.of(e.id, e.cpu);
      if (of === undefined) return;
      const group = gic.groupOn(gic.sight.group(of), e.cpu);
      const enabled = gic.sight.enabled(of);
      judge.breachIf(or(not(enabled), not(group)), enabled === F ? 'group enables' : 'enable bit', () => ({
        entity: entityOf(gic, of.entity),
        sentence: `CPU ${e.cpu} acknowledged INTID ${e.id} although ${enabled === F ? 'it is disabled' : 'its group is switched off'}`,
        because: [of.enabledBy, of.lineBy, of.latchBy],
        state: { enabled: show(enabled), 'group enabled': show(group), pending: show(of.pending) },
        unless: (later) => (later.kind === 'gic.en' || later.kind === 'pgic.en') && later.id === e.id && later.val === 0,
      }));
    }),
  },
};
