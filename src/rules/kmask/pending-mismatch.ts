// KVM_PENDING_IRQS tells what is queued on a masked GSI; user space shows it to the guest as the Pending Bit Array. As proposed in 2009.

import { F, T, U, known, not, same, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const pendingMismatch: Rule = {
  id: 'kmask/pending-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_PENDING_IRQS (2009): reports the interrupts queued while masked',
  summary: 'KVM reports an interrupt as pending exactly while it is queued on a masked GSI.',
  needs: ['kvm.pending', 'kvm.mask', 'efd.signal'],
  on: {
    'kvm.pending': (e, m, judge) => {
      const { maskBy, queueBy } = m.kmasks.of(e.gsi);
      const queued = m.kmasks.queuedAt(e.gsi, e);
      const sure = m.kmasks.maskedAt(e.gsi, e) === T && queued !== U;
      judge.breachIf(sure ? not(same<Tri>(queued, known(e.val))) : U, 'queue', () => ({
        entity: `gsi:${e.gsi}`,
        sentence: queued === F ? `KVM reports an interrupt on GSI ${e.gsi}, for which none has come` : `KVM reports none on GSI ${e.gsi}, for which one came while it was masked`,
        because: [maskBy, queueBy],
        state: { 'kernel mask': '1', queued: show(queued) },
        unless: (later) => later.kind === 'efd.signal' || ('gsi' in later && later.gsi === e.gsi),
      }));
    },
  },
};
