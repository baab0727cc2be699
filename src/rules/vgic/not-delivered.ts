// What is pending and enabled gets a list register of its vCPU at that one's next entry. Linux vgic_queue_irq_unlock, vgic_flush_lr_state.

import { interruptKey } from '../../model/vgic-interrupts.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const notDelivered: Rule = {
  id: 'vgic/not-delivered',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM vgic_queue_irq_unlock, vgic_flush_lr_state: what is enabled and pending gets a list register while there is one',
  summary: 'An interrupt that KVM has found pending and enabled is in a list register when its vCPU next runs its guest.',
  needs: ['vgic.irq', 'vgic.flush', 'gic.en', 'gic.dist', 'cpu.enter'],
  on: {
    'vgic.flush': (e, m, judge) => {
      if (m.ctx.owed.open('vgic.inject', interruptKey(e.vid, e.cpu)) !== undefined) judge.held();
    },
  },
  late: {
    'vgic.inject': ({ debt, proof }, m, judge) => {
      // A state restored by user space leaves no trace.
      if (!m.ctx.recent(debt.by, proof)) return judge.undecided('reset');
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity} was pending and enabled, and at ${proofText(proof)} its vCPU runs its guest again, with list registers to spare, without it`,
        because: [...debt.because, debt.by],
        unless: (later) => later.kind === 'vgic.flush' && interruptKey(later.vid, later.cpu) === debt.key,
      });
    },
  },
};
