// KVM passes on the end of an SPI once for each time that the guest had it: whoever hears of it lowers the line, and asks the device again.
// Linux vgic_v2_fold_lr_state, vgic_v3_fold_lr_state (lr_signals_eoi_mi), kvm_notify_acked_irq.

import { ackedSpi } from '../../model/intids.js';
import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const endedTwice: Rule = {
  id: 'vgic/ended-twice',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM vgic_v3_fold_lr_state, kvm_notify_acked_irq',
  summary: 'Between two ends of an SPI that KVM passes on a list register has held it.',
  needs: ['kvm.ack', 'vgic.flush', 'vgic.fold'],
  on: {
    'kvm.ack': (e, m, judge) => {
      const id = ackedSpi(e);
      if (id === undefined) return;
      const { ackedBy, heldBy, foldBy } = m.vgic.interrupts.of(id, undefined);
      if (ackedBy === undefined || heldBy === undefined) return judge.undecided('vgic.flush');
      if (heldBy.seq > ackedBy.seq) return judge.held();
      // A thread whose vCPU is not known yet fills unseen.
      const seen = m.ctx.channels.of('vgic.flush').shows(e.stream) && foldBy?.tid === e.tid && foldBy.stream === e.stream && !m.ctx.unordered(heldBy, ackedBy);
      judge.breachIf(seen ? T : U, 'vgic.flush', () => ({
        entity: `intid:${id}`,
        sentence: `the end of SPI ${id} is passed on a second time, and no list register has held it since the first`,
        because: [heldBy, foldBy, ackedBy],
      }));
    },
  },
};
