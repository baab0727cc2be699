// An EOI lowers the source of the level irqfd and signals its eoifd, whether that source had asserted or not. KVM_EOIFD patches v7, eoifd_event.

import type { Lapse } from '../../model/owed.js';
import { proofText } from '../proof.js';
import type { Breach, Rule } from '../rule.js';

const missed = ({ debt, proof }: Lapse, what: string): Breach => ({
  entity: debt.entity,
  sentence: `the pin of ${debt.entity.replace(':', ' ')} was acknowledged, and ${what} before ${proofText(proof)}`,
  because: [...debt.because, debt.by],
  unless: (later) => later.kind === 'kvm.eoifd.signal' || later.kind === 'kvm.set_irq' || later.kind === 'kvm.eoifd.deassign',
});

export const missedEoi: Rule = {
  id: 'eoifd/missed-eoi',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM_EOIFD patches v7, eoifd_event: at the EOI of the GSI the source is de-asserted and the eventfd signalled',
  summary: 'The EOI of a GSI lowers the source of its level irqfd and signals the eoifd.',
  needs: ['kvm.eoifd.assign', 'kvm.eoifd.signal', 'kvm.ack'],
  on: {
    'kvm.eoifd.signal': (e, m, judge) => {
      if (m.ctx.owed.open('eoifd.signal', e.fd) !== undefined) judge.held();
    },
  },
  late: {
    'eoifd.signal': (lapse, _, judge) => judge.breach(missed(lapse, 'its eventfd was not signalled')),
    'eoifd.lower': (lapse, _, judge) => judge.breach(missed(lapse, `source ${lapse.debt.key} was not lowered`)),
  },
};
