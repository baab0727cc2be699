// More interrupts than list registers: the most urgent go first. Linux vgic_irq_cmp, vgic_flush_lr_state.

import { interruptKey } from '../../model/vgic-interrupts.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const overflowStarvation: Rule = {
  id: 'vgic/overflow-starvation',
  severity: 'suspicious',
  class: 'deadline',
  clause: 'KVM vgic_sort_ap_list, vgic_flush_lr_state: pending first, by priority',
  summary: 'With all list registers in use the more urgent interrupts have them.',
  needs: ['vgic.flush', 'gic.prio', 'gic.en', 'gic.in', 'cpu.enter'],
  on: {
    'vgic.flush': (e, m, judge) => {
      if (m.ctx.owed.open('vgic.slot', interruptKey(e.vid, e.cpu)) !== undefined) judge.held();
    },
  },
  late: {
    'vgic.slot': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity} is pending and enabled and has been passed over for less urgent ones at three entries up to ${proofText(proof)}`,
        because: [...debt.because, debt.by],
        unless: (later) => later.kind === 'vgic.flush' && interruptKey(later.vid, later.cpu) === debt.key,
      }),
  },
};
