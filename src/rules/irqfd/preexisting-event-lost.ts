// An eventfd that is above zero when it is bound owes one injection. KVM virt/kvm/eventfd.c kvm_irqfd_assign polls it and schedules irqfd_inject.

import type { Debt } from '../../model/owed.js';
import { proofText } from '../proof.js';
import type { Breach, Rule } from '../rule.js';
import { unlessInjected } from './injection.js';

const breachOf = ({ entity, key, because, by }: Debt, until: string): Breach => ({
  entity,
  sentence: `the eventfd had been signalled before it was bound to GSI ${key}, and no injection followed ${until}`,
  because: [...because, by],
  state: { counter: 'above 0 at the assign' },
});

export const preexistingEventLost: Rule = {
  id: 'irqfd/preexisting-event-lost',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM kvm_irqfd_assign: an event that is already there is injected',
  summary: 'An eventfd that is above zero when it is bound makes one injection.',
  needs: ['efd.signal', 'efd.read', 'kvm.irqfd.assign', 'kvm.routes'],
  on: {
    'efd.signal': (e, m, judge) => {
      const gsi = m.irqfds.gsiOf(e);
      const debt = gsi === undefined ? undefined : m.ctx.owed.open('irqfd.inject-preexisting', gsi);
      // A worker injects: that it has not run yet is no proof.
      if (debt !== undefined) judge.breach({ ...breachOf(debt, 'before the next signal; its worker may still be waiting'), severity: 'info' });
    },
    'kvm.set_irq': (e, m, judge) => {
      if (e.level !== 0 && m.ctx.owed.open('irqfd.inject-preexisting', e.gsi) !== undefined) judge.held();
    },
  },
  late: {
    'irqfd.inject-preexisting': (lapse, _, judge) => {
      const { debt, proof } = lapse;
      judge.breach({ ...breachOf(debt, `until ${proofText(proof)}`), because: [...debt.because, debt.by, proof], ...unlessInjected(lapse) });
    },
  },
};
