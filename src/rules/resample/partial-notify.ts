// One acknowledge lowers the line for all resample irqfds of a GSI, so all of them are notified. KVM virt/kvm/eventfd.c irqfd_resampler_ack.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const partialNotify: Rule = {
  id: 'resample/partial-notify',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM irqfd_resampler_ack: all resamplers on the same GSI are de-asserted together',
  summary: 'An acknowledge notifies every resample irqfd of the GSI.',
  needs: ['kvm.irqfd.assign', 'kvm.ack', 'kvm.resample'],
  on: {
    'kvm.resample': (e, m, judge) => {
      if (m.irqfds.bindingsOf(e.gsi).length < 2) return;
      if (e.fd === undefined || e.tid >= 0) judge.undecided('resamplefd');
      else judge.held();
    },
  },
  late: {
    'resample.notify-all': ({ debt, proof }, m, judge) => {
      const binding = m.irqfds.bindingOfFd(Number(debt.key));
      judge.breach({
        entity: debt.entity,
        sentence: `irqfd ${debt.key} was not notified of an acknowledge that others on its GSI were notified of, before ${proofText(proof)}: its interrupt was lowered with theirs`,
        because: [...debt.because, debt.by],
        state: { gsi: String(binding?.gsi ?? 'unknown'), resamplefd: String(binding?.resample ?? 'unknown') },
        unless: (later) => later.kind === 'kvm.resample' && later.fd === binding?.resample,
      });
    },
  },
};
