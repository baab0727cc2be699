// IRR holds what was requested and not taken. Intel SDM vol. 3, interrupt acceptance; QEMU apic_set_irq, KVM __apic_accept_irq.

import { F, T, U, known } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { judgeRead } from './register-read.js';

export const irrMismatch: Rule = {
  id: 'lapic/irr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, IRR: set by acceptance, cleared when the vector is taken',
  summary: 'IRR of a local APIC reads what was requested and not taken.',
  needs: [['apic.read', 'apic.request']],
  on: {
    'apic.request': (e, { requests }, judge) => {
      const { delivery } = requests;
      const { target, by, was } = delivery ?? {};
      if (e.fresh === undefined || delivery?.taken !== 0 || target === undefined || by === undefined || by.kind === 'apic.local') return;
      if (!requests.showsSenders) return judge.undecided('sender');
      const { vec } = by;
      judge.breachIf(was === U ? U : was === known(e.fresh) ? T : F, 'irr', () => ({
        entity: `vector:${vec}@cpu${target.cpu}`,
        sentence:
          e.fresh === 1
            ? `IRR bit ${vec} of CPU ${target.cpu} was clear when the vector was requested again: it had been requested and nothing can have taken it`
            : `IRR bit ${vec} of CPU ${target.cpu} was set when the vector was requested: nothing had requested it since it was last clear`,
        because: [target.acceptBy[vec], target.injectBy[vec], target.eoiBy[vec], by],
      }));
    },
    'apic.read': (e, m, judge) =>
      judgeRead(e, m, judge, {
        reg: 'irr',
        why: 'plain',
        fact: ({ set }) => (set ? ': nothing requested the vector since it was last clear' : ': it was requested and nothing can have taken it'),
      }),
  },
};
