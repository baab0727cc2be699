// What an 8259 answers besides IRR and ISR: masks, trigger modes, polls. 8259A data sheet, OCW1 and poll command; QEMU and KVM elcr_ioport_read.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { T, U } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { judgeRegister } from './register-read.js';

/** What KVM prints of a pin's mask and trigger mode with each of its inputs. */
function judgeInput(e: EventOf<'pic.in'>, m: Machine, judge: Judge): void {
  if (e.mask !== undefined) judgeBit('imr', e.mask, e, m, judge);
  if (e.trig !== undefined) judgeBit('elcr', e.trig === 'level' ? 1 : 0, e, m, judge);
}

function judgeBit(reg: 'imr' | 'elcr', shown: 0 | 1, e: EventOf<'pic.in'>, m: Machine, judge: Judge): void {
  const chip = m.pic.chipOf(e.pin);
  const by = reg === 'imr' ? chip.imrBy : chip.elcrBy;
  if (by === undefined) return;
  const pin = e.pin & 7;
  const known = chip[reg].get(pin);
  if (known === U) return judge.undecided(reg);
  if (known === shown) return judge.held();
  // A reset clears both; a write that another thread has begun may have landed.
  const isSure = m.ctx.recent(by, e) && !m.ctx.unordered(by, e) && !m.ctx.flights.any && m.ctx.channels.covers(by.kind);
  judge.breachIf(isSure ? T : U, reg, () => ({
    entity: `${chip.entity}/${pin}`,
    sentence: `${reg.toUpperCase()} bit ${pin} of the ${chip.number === 0 ? 'master' : 'slave'} 8259 is ${shown} when pin ${e.pin} moves, and must be ${1 - shown}`,
    because: [by],
    state: { [reg]: chip[reg].show() },
  }));
}

export const picReadMismatch: Rule = {
  id: 'pic/read-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, OCW1 (the mask reads as written) and poll command; QEMU pic_poll_read, elcr_ioport_read',
  summary: 'IMR and ELCR of an 8259 are what was written, and a poll while something is requested says so.',
  needs: [['pic.imr', 'pic.elcr', 'pic.in'], ['pic.read', 'pic.poll', 'pic.in']],
  on: {
    'pic.in': judgeInput,
    'pic.read': (e, m, judge) => {
      if (e.reg !== 'imr' && e.reg !== 'elcr') return;
      const chip = m.pic.chip(e.chip);
      const by = e.reg === 'imr' ? chip.imrBy : chip.elcrBy;
      // A reset, which nobody may have recorded, leaves 0.
      if (by === undefined || (e.val === 0 && !m.ctx.showsResetsSince(by)) || !m.ctx.recent(by, e) || !m.ctx.channels.covers(`pic.${e.reg}`)) return judge.undecided(e.reg);
      judgeRegister(e, chip, m, judge, { reg: e.reg, val: e.val, evidence: () => [by] });
    },
    'pic.poll': (e, m, judge) => {
      if (e.val === undefined || (e.val & 0x80) !== 0) return;
      const chip = m.pic.chip(e.chip);
      if (!m.pic.isSeen || !m.ctx.channels.covers('pic.imr')) return judge.undecided('irr');
      const inputs = chip.pins.filter((_, pin) => (chip.irr.must >> pin) & 1).map(({ inputBy }) => inputBy);
      const isOrdered = inputs.every((by) => by === undefined || !m.ctx.unordered(by, e)) && inputs.some((by) => by !== undefined && m.ctx.recent(by, e));
      judge.breachIf(isOrdered ? chip.requests() : U, 'irr', () => ({
        entity: chip.entity,
        sentence: `a poll of the ${chip.number === 0 ? 'master' : 'slave'} 8259 finds nothing, but pin ${chip.pins.findIndex((_, pin) => chip.takes(pin) === T)} is requested`,
        because: [chip.imrBy, ...inputs],
        state: { irr: chip.irr.show(), imr: chip.imr.show(), isr: chip.isr.show() },
      }));
    },
  },
};
