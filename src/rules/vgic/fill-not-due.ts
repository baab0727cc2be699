// Only what is active, or enabled and pending, gets a list register. Linux vgic_flush_lr_state, vgic_target_oracle, irq_is_pending.

import { U, and, known, not, or } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const fillNotDue: Rule = {
  id: 'vgic/fill-not-due',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM vgic_flush_lr_state, vgic_target_oracle, irq_is_pending',
  summary: 'KVM fills a list register with an interrupt that is active, or enabled and pending.',
  needs: ['vgic.irq'],
  on: {
    'vgic.irq': (e, _, judge) => {
      if (e.lr === undefined) return;
      const bit = (value: 0 | 1 | undefined) => (value === undefined ? U : known(value));
      const due = or(bit(e.active), and(bit(e.enabled), or(bit(e.line), bit(e.latch))));
      judge.breachIf(not(due), 'state of the interrupt', () => ({
        entity: e.cpu === undefined ? `intid:${e.vid}` : `intid:${e.vid}@cpu${e.cpu}`,
        sentence: `vINTID ${e.vid} is put into list register ${e.lr}, and by KVM's own state it is ${e.enabled === 0 ? 'disabled' : 'not pending'} and not active`,
        state: { line: String(e.line), latch: String(e.latch), active: String(e.active), enabled: String(e.enabled) },
      }));
    },
  },
};
