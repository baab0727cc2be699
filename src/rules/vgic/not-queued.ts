// KVM looks at once at what may have to be delivered now. Linux vgic_queue_irq_unlock, behind kvm_vgic_inject_irq, vgic_mmio_write_senable
// and vgic_mmio_write_spending.

import type { Event } from '../../event.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

const NAMES: Readonly<Record<string, string>> = { 'gic.en': 'enable', 'gic.pend': 'pending', 'gic.act': 'active' };

const happened = ({ kind }: Event): string => (kind === 'gic.in' ? 'was raised' : `had its ${NAMES[kind]} bit set`);

export const notQueued: Rule = {
  id: 'vgic/not-queued',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM kvm_vgic_inject_irq, vgic_mmio_write_senable, vgic_mmio_write_spending, vgic_mmio_change_active: each ends in vgic_queue_irq_unlock',
  summary: 'An interrupt whose line rises, or of which the guest sets the enable, pending or active bit, is looked at by KVM before the thread goes on.',
  needs: ['vgic.irq', ['gic.in', 'gic.en', 'gic.pend']],
  on: {
    'vgic.irq': (e, m, judge) => {
      if (m.vgic.queueing.awaited(e) !== undefined) judge.held();
    },
  },
  late: {
    'vgic.queue': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity} ${happened(debt.by)}, and KVM went on without looking whether it is to be delivered, at ${proofText(proof)}`,
        because: [debt.by],
      }),
  },
};
