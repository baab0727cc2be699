// LPIs have no active state. Arm IHI 0069, 5.1: an LPI is pending or not.

import { FIRST_LPI } from '../../model/intids.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

export const lpiActive: Rule = {
  id: 'gic/lpi-active',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, 5.1: physical LPIs have no active state',
  summary: 'A physical LPI is never active.',
  needs: ['gic.read'],
  on: {
    ...onGics('read', (e, gic, judge) => {
      if (e.id < FIRST_LPI || e.act === undefined) return;
      if (e.act === 0) return judge.held();
      const of = gic.of(e.id, e.cpu);
      judge.breach({ entity: entityOf(gic, `intid:${e.id}`), sentence: `LPI ${e.id} is reported active: LPIs have no active state`, because: [of?.latchBy, of?.clearBy], state: { active: '1' } });
    }),
    ...onGics('act', (e, gic, judge) => {
      if (e.id >= FIRST_LPI && e.val === 1) judge.breach({ entity: entityOf(gic, `intid:${e.id}`), sentence: `LPI ${e.id} was made active: LPIs have no active state` });
    }),
    'vgic.flush': (e, _, judge) => {
      const pid = e.hw === 1 ? e.pid : undefined;
      if (pid === undefined || pid < FIRST_LPI || (e.st !== 'A' && e.st !== 'PA')) return;
      judge.breach({ entity: `pintid:${pid}`, sentence: `list register ${e.lr} holds an active interrupt that stands for the physical LPI ${pid}, which has no active state`, state: { 'lr.state': e.st } });
    },
  },
};
