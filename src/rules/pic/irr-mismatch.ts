// The request register holds latched edges and high levels. 8259A data sheet, IRR; KVM pic_set_irq1, QEMU pic_set_irq.

import type { Rule } from '../rule.js';
import { judgeRegister } from './register-read.js';

export const picIrrMismatch: Rule = {
  id: 'pic/irr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, IRR, edge and level triggered inputs; KVM pic_set_irq1, QEMU pic_set_irq',
  summary: 'IRR of an 8259 reads the edges not yet acknowledged and the level inputs that are high.',
  needs: ['pic.in', 'pic.inta', ['pic.read', 'pic.request']],
  on: {
    'pic.read': (e, m, judge) => {
      if (e.reg !== 'irr') return;
      judgeRegister(e, m.pic.chip(e.chip), m, judge, {
        reg: 'irr',
        val: e.val,
        evidence: ({ inputBy, takenBy }) => [inputBy, takenBy],
        unless: (pin) => (later) => later.kind === 'pic.in' && later.pin === e.chip * 8 + pin,
      });
    },
    'pic.request': (e, m, judge) => {
      const chip = m.pic.chip(e.chip);
      // After a reset, which nobody records, IMR and the priorities are as here; not right behind a command.
      if (e.imr === 0 && e.prio === 0 && !m.pic.trail.follows(e)) return judge.undecided('reset');
      judgeRegister(e, chip, m, judge, {
        reg: 'irr',
        val: e.irr,
        except: chip.irr.must & ~e.irr & m.pic.takenBefore(chip),
        evidence: ({ inputBy, takenBy }) => [inputBy, takenBy],
      });
    },
  },
};
