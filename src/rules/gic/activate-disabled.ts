// A disabled interrupt is not acknowledged. Arm IHI 0048B, 4.3.1 (GICD_CTLR), 4.3.5 (GICD_ISENABLERn); IHI 0069, 4.8.

import { FIRST_LPI } from '../../model/intids.js';
import { F, not, or, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const activateDisabled: Rule = {
  id: 'gic/activate-disabled',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, 4.3.5 and 4.3.1: a disabled interrupt, or one of a disabled group, is not forwarded to a CPU interface',
  summary: 'An acknowledge returns no interrupt that is disabled, or whose group is.',
  needs: ['gic.en', 'gic.iar'],
  on: onGics('iar', (e, gic, judge) => {
    if (gic.exists(e.id) === F || e.id >= FIRST_LPI) return;
    const of = gic.of(e.id, e.cpu);
    if (of === undefined) return;
    const group = gic.groupOn(of.group, e.cpu);
    judge.breachIf(or(not(of.enabled), not(group)), of.enabled === F ? 'group enables' : 'enable bit', () => ({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} acknowledged INTID ${e.id} although ${of.enabled === F ? 'it is disabled' : 'its group is switched off'}`,
      because: [of.enabledBy, of.lineBy, of.latchBy],
      state: { enabled: show(of.enabled), 'group enabled': show(group), pending: show(of.pending) },
      unless: (later) => (later.kind === 'gic.en' || later.kind === 'pgic.en') && later.id === e.id && later.val === 0,
    }));
  }),
};
