// Each group of interrupts has registers of its own. Arm IHI 0069, ICC_IAR0_EL1, ICC_IAR1_EL1, ICC_HPPIR0_EL1, ICC_HPPIR1_EL1; QEMU icc_iar0_read, icc_hppir0_value.

import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import { FIRST_LPI } from '../../model/intids.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

const NAMES = { iar: 'acknowledged', hppir: 'read as the highest pending interrupt' } as const;

function judgeGroup(e: GicEvent<'iar'> | GicEvent<'hppir'>, gic: Gic, judge: Judge, m: Machine): void {
  if (e.group === undefined || gic.exists(e.id) === F) return;
  const of = gic.of(e.id, e.cpu);
  if (of === undefined) return;
  const { gicVersion, gicViews } = m.ctx.config;
  // With two Security states group 1 is two groups, and a write may not reach the register. LPIs are of group 1; what a list register holds need be none.
  const group = e.id >= FIRST_LPI ? (of.latchBy === undefined ? U : T) : gicViews === 0 ? gic.sight.group(of) : U;
  const { group: by } = of.written;
  const sure = gicVersion === 3 && (by === undefined || !m.ctx.unordered(by, e));
  judge.breachIf(!sure || group === U ? U : group === e.group ? F : T, 'group', () => ({
    entity: entityOf(gic, of.entity),
    sentence: `CPU ${e.cpu} ${NAMES[e.kind.endsWith('iar') ? 'iar' : 'hppir']} INTID ${e.id} by the register of group ${e.group}, and it is of group ${group}`,
    because: [by, of.lineBy, of.latchBy],
  }));
}

export const wrongGroup: Rule = {
  id: 'gic/wrong-group',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_IAR0_EL1 and ICC_IAR1_EL1: a read acknowledges the highest priority pending interrupt of group 0, or of group 1',
  summary: 'In GICv3 the registers of a group return interrupts of that group alone.',
  needs: ['gic.group', ['gic.iar', 'gic.hppir']],
  on: { ...onGics('iar', judgeGroup), ...onGics('hppir', judgeGroup) },
};
