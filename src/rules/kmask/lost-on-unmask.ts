// An interrupt that was queued while its GSI was masked is injected at the unmask. KVM_UNMASK_IRQ as proposed in 2009.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const lostOnUnmask: Rule = {
  id: 'kmask/lost-on-unmask',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM_MASK_IRQ, KVM_UNMASK_IRQ (2009): interrupts are queued in the kernel while masked',
  summary: 'An interrupt queued on a masked GSI is injected when KVM unmasks it.',
  needs: ['kvm.mask', 'kvm.unmask', 'kvm.inject', 'efd.signal'],
  on: {
    'kvm.inject': (e, m, judge) => {
      if (m.ctx.owed.open('kmask.inject', e.gsi) !== undefined) judge.held();
    },
  },
  late: {
    'kmask.inject': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `an interrupt was queued on GSI ${debt.key}, but nothing was injected between the unmask and ${proofText(proof)}`,
        because: [...debt.because, debt.by],
        state: { queued: '1' },
        unless: (later) => later.kind === 'kvm.inject' && later.gsi === debt.key,
      }),
  },
};
