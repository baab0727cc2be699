// What has been ended is inactive, and what is dropped is deactivated too. Arm IHI 0048B, 3.2.1 and GICC_DIR.

import type { GicInterrupt } from '../../model/gic-interrupt.js';
import type { Gic } from '../../model/gic.js';
import { T } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { activeBreach, judgeRead, wrongActive } from './read-back.js';
import { onGics } from './views.js';

/** Dropped, not deactivated, and its line is up once more. */
function isLeft(of: GicInterrupt): boolean {
  return of.dropBy !== undefined && of.line === T && of.lineBy !== undefined && of.lineBy.seq > of.dropBy.seq;
}

function judgeLeft(gic: Gic, judge: Judge, isForwarded: (of: GicInterrupt) => boolean): void {
  for (const of of gic.all()) {
    if (!isLeft(of) || gic.sight.surelyActive(of) !== T || isForwarded(of)) continue;
    const { because = [], ...rest } = activeBreach(gic, of, `the priority of INTID ${of.id} was dropped and its line rose again, but it was never deactivated: it cannot fire`);
    judge.breach({ ...rest, because: [...because, of.lineBy] });
  }
}

export const stuckActive: Rule = {
  id: 'gic/stuck-active',
  severity: 'suspicious',
  class: 'deadline',
  clause: 'Arm IHI 0048B, 3.2.1: an active interrupt is not signalled; GICC_EOIR and GICC_DIR end the active state',
  summary: 'An interrupt that has been ended is inactive, and one whose priority has been dropped is deactivated in the end.',
  needs: ['gic.iar', 'gic.eoir'],
  on: {
    ...onGics('read', (e, gic, judge) => {
      const of = gic.of(e.id, e.cpu);
      if (of === undefined || e.act === undefined) return;
      judgeRead(judge, of.active, wrongActive(e, gic, of), 'ended', () => ({
        ...activeBreach(gic, of, `INTID ${e.id} reads active although it has been deactivated: it cannot fire`),
        severity: 'violation',
      }));
    }),
    'meta.end': (_, m, judge) => {
      judgeLeft(m.gic, judge, () => false);
      judgeLeft(m.pgic, judge, (of) => m.forwarding.forwardedBy(of.id) !== undefined);
    },
  },
};
