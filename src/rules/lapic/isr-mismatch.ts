// ISR holds what was taken and not ended. Intel SDM vol. 3, interrupt acceptance and EOI; QEMU apic_get_interrupt, apic_eoi.

import type { Rule } from '../rule.js';
import { judgeRead } from './register-read.js';

export const isrMismatch: Rule = {
  id: 'lapic/isr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, ISR: set when the vector is taken, cleared by its EOI',
  summary: 'ISR of a local APIC reads what was taken and not ended.',
  needs: ['apic.read', 'apic.eoi'],
  on: {
    'apic.read': (e, m, judge) =>
      judgeRead(e, m, judge, { reg: 'isr', why: 'plain', fact: ({ set }) => (set ? ': no request of the vector is left that was not ended' : ': it was in service and no EOI came since') }),
  },
};
