// What is deactivated is active. Arm IHI 0048B, GICC_DIR; IHI 0069, ICC_DIR_EL1.

import { FIRST_LPI, isSpecial } from '../../model/intids.js';
import { F, T, and, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const dirWithoutActive: Rule = {
  id: 'gic/dir-without-active',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICC_DIR and GICV_DIR: deactivating an interrupt that is not active is UNPREDICTABLE',
  summary: 'A deactivation names an interrupt that is active.',
  needs: ['gic.eoimode', 'gic.iar', 'gic.dir'],
  on: onGics('dir', (e, gic, judge) => {
    if (isSpecial(e.id) || e.id >= FIRST_LPI) return;
    const of = gic.of(e.id, e.cpu);
    if (of === undefined) return;
    const mode = gic.eoimode(e.cpu);
    if (mode === F) return judge.held();
    const isInactive = gic.exists(e.id) === F ? T : gic.sight.surelyInactive(of);
    judge.breachIf(and(mode, isInactive), 'active state', () => ({
      entity: entityOf(gic, of.entity),
      sentence: `CPU ${e.cpu} deactivated INTID ${e.id}, which is not active: a later instance of it may be what is ended`,
      because: [of.activeBy, of.dropBy, of.endBy],
      state: { active: show(of.active), eoimode: show(mode) },
      unless: (later) => /^p?gic\.(?:iar|act)$/.test(later.kind) && 'id' in later && later.id === e.id,
    }));
  }),
};
