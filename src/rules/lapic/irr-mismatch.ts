// IRR holds what was requested and not taken. Intel SDM vol. 3, interrupt acceptance; QEMU apic_set_irq, KVM __apic_accept_irq.

import type { Rule } from '../rule.js';
import { judgeRead } from './register-read.js';

export const irrMismatch: Rule = {
  id: 'lapic/irr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, IRR: set by acceptance, cleared when the vector is taken',
  summary: 'IRR of a local APIC reads what was requested and not taken.',
  needs: ['apic.read'],
  on: {
    'apic.read': (e, m, judge) =>
      judgeRead(e, m, judge, {
        reg: 'irr',
        why: 'plain',
        fact: ({ set }) => (set ? ': nothing requested the vector since it was last clear' : ': it was requested and nothing can have taken it'),
      }),
  },
};
