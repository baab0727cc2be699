// The in-service register holds what was acknowledged and not ended. 8259A data sheet, ISR and OCW2; KVM and QEMU pic_intack.

import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { judgeRegister } from './register-read.js';
import { SPURIOUS_PIN } from './taken.js';

export const picIsrMismatch: Rule = {
  id: 'pic/isr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, ISR, EOI and automatic EOI; KVM and QEMU pic_intack, pic_ioport_write',
  summary: 'ISR of an 8259 reads what was acknowledged and not ended.',
  needs: ['pic.inta', 'pic.eoi', 'pic.read'],
  on: {
    'pic.read': (e, m, judge) => {
      if (e.reg !== 'isr') return;
      const chip = m.pic.chip(e.chip);
      // A bit that a spurious acknowledge left is a rule of its own.
      const except = chip.spuriousBy !== undefined && chip.isr.get(SPURIOUS_PIN) !== T ? 1 << SPURIOUS_PIN : 0;
      judgeRegister(e, chip, m, judge, { reg: 'isr', val: e.val, except, evidence: ({ takenBy, endedBy }) => [takenBy, endedBy] });
    },
  },
};
