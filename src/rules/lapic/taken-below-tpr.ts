// What TPR holds back is not taken. Intel SDM vol. 3, task priority; QEMU apic_irq_pending, KVM apic_has_interrupt_for_ppr.

import type { Rule } from '../rule.js';
import { judgeRead } from './register-read.js';

export const takenBelowTpr: Rule = {
  id: 'lapic/taken-below-tpr',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, task priority register: only vectors of a higher class are taken',
  summary: 'A vector whose class is not above the task priority is not taken.',
  needs: ['apic.read', 'apic.tpr'],
  on: {
    'apic.read': (e, m, judge) =>
      judgeRead(e, m, judge, { reg: 'isr', why: 'tpr', fact: () => `: it was requested while TPR is ${m.lapics.of(e.cpu).tpr}, whose class it does not exceed` }),
  },
};
