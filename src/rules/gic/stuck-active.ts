// What has been ended is inactive, and what is dropped is deactivated too. Arm IHI 0048B, 3.2.1 and GICC_DIR.

import type { GicInterrupt } from '../../model/gic-interrupt.js';
import { againBy } from '../../model/gic-left.js';
import type { Gic } from '../../model/gic.js';
import type { Machine } from '../../model/machine.js';
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

/** Its CPU has gone on without ending it, and nothing does up to the end of the recording or the next reset. Unless a guest may have it, a deactivation would show. */
function judgePassed(gic: Gic, m: Machine, judge: Judge): void {
  const isAlone = gic.view === 'gic' && m.ctx.channels.of('vgic.flush').tellers === 0;
  for (const [of, passedBy] of gic.waiting.left.all()) {
    if (gic.sight.surelyActive(of, isAlone) !== T || m.forwarding.forwardedBy(of.id) !== undefined) continue;
    const what = of.dropBy === undefined ? 'was never ended' : 'its priority was dropped, but it was never deactivated';
    const { because = [], ...rest } = activeBreach(gic, of, `INTID ${of.id} is pending once more and has been passed over ever since: ${what}`);
    judge.breach({ ...rest, because: [...because, againBy(of), passedBy] });
  }
}

function judgeEnd(m: Machine, judge: Judge): void {
  judgePassed(m.gic, m, judge);
  judgePassed(m.pgic, m, judge);
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
    'vm.reset': (_, m, judge) => judgeEnd(m, judge),
    'meta.end': (_, m, judge) => {
      judgeLeft(m.gic, judge, () => false);
      judgeLeft(m.pgic, judge, (of) => m.forwarding.forwardedBy(of.id) !== undefined);
    },
  },
  atEnd: judgeEnd,
};
