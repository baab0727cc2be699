// With HW=1 the pending state stays in the physical GIC. Arm IHI 0069, ICH_LR<n>_EL2.State; Linux vgic_v3_populate_lr.

import { BOTH } from '../../model/lr-bank.js';
import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister, whenGuestRuns } from './guest-runs.js';

export const lrHwPendingActive: Rule = {
  id: 'vgic/lr-hw-pending-active',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2.State: pending and active is for software interrupts; KVM vgic_v3_populate_lr',
  summary: 'A list register with the HW bit is never pending and active at once.',
  needs: ['vgic.flush'],
  on: whenGuestRuns((slot, e, _, judge) => {
    if (slot.hw !== T) return;
    const both = slot.set === BOTH ? T : (slot.set & BOTH) === 0 ? F : U;
    judge.breachIf(both, 'state of the list register', () => ({
      entity: `intid:${slot.vid}`,
      sentence: `list register ${slot.lr} of vCPU ${e.cpu} holds vINTID ${slot.vid} pending and active with HW=1`,
      because: [slot.by],
      state: shownRegister(slot),
    }));
  }),
};
