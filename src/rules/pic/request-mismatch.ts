// The mask and the order of priorities by which an 8259 raises its output are those that commands have set. 8259A data sheet, OCW1 and OCW2;
// QEMU pic_update_irq prints both with each request, right after the command that causes it.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { CASCADE } from '../../model/pic-chip.js';
import { F, T, and } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Judge, Rule } from '../rule.js';

function judgeMask(e: EventOf<'pic.request'>, m: Machine, judge: Judge): void {
  const chip = m.pic.chip(e.chip);
  const { imr, imrBy } = chip;
  if (imrBy === undefined || !m.ctx.channels.covers('pic.imr') || m.ctx.unordered(imrBy, e)) return judge.undecided('imr');
  // A reset, which nobody records, leaves 0; not right behind a command.
  if (e.imr === 0 && !m.pic.trail.follows(e)) return judge.undecided('reset');
  judge.breachIf(imr.contradicts(e.imr) === 0 ? F : T, 'imr', () => ({
    entity: chip.entity,
    sentence: `the ${chip.number === 0 ? 'master' : 'slave'} 8259 masks 0x${e.imr.toString(16).padStart(2, '0')}, which is not what was written last`,
    because: [imrBy],
    state: { imr: imr.show() },
  }));
}

function judgeOrder(e: EventOf<'pic.request'>, m: Machine, judge: Judge): void {
  const chip = m.pic.chip(e.chip);
  const { prio, prioBy } = chip;
  // An acknowledge that rotates is told after the request that it leaves; what an input asks for is none of that.
  const rotates = and(chip.aeoi, chip.raeoi);
  const known = prio !== undefined && prioBy !== undefined && (rotates === F || (rotates === T && m.pic.inputOf(e) !== undefined));
  if (!known || !m.ctx.channels.covers('pic.imr') || m.ctx.unordered(prioBy, e)) return judge.undecided('order');
  if (e.prio === 0 && !m.pic.trail.follows(e)) return judge.undecided('reset');
  judge.breachIf(e.prio === prio ? F : T, 'order', () => ({
    entity: chip.entity,
    sentence: `pin ${e.prio} of the ${chip.number === 0 ? 'master' : 'slave'} 8259 has the highest priority, which ${chip.prioBy?.kind === 'pic.mode' || chip.prioBy?.kind === 'pic.eoi' ? 'commands have' : 'an acknowledge has'} given to pin ${prio}`,
    because: [chip.modeBy, prioBy],
    state: { 'pin of highest priority': String(prio) },
  }));
}

export const requestMismatch: Rule = {
  id: 'pic/request-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, OCW1, OCW2 (rotation and set priority), ICW1; QEMU pic_ioport_write, pic_update_irq',
  summary: 'An 8259 raises its output by the mask and the order of priorities that were written, and the slave lowers it when it requests nothing.',
  needs: ['pic.request', 'pic.imr'],
  on: {
    'pic.request': (e, m, judge) => {
      judgeMask(e, m, judge);
      judgeOrder(e, m, judge);
    },
  },
  late: {
    'pic.lower': ({ debt, proof }, m, judge) => {
      const { irr, imr, isr } = m.pic.slave;
      judge.breach({
        entity: debt.entity,
        sentence: `the slave 8259 requests nothing any more, but pin ${CASCADE} of the master, which its output drives, stayed high before ${proofText(proof)}`,
        because: [...debt.because, debt.by],
        state: { irr: irr.show(), imr: imr.show(), isr: isr.show() },
      });
    },
  },
};
