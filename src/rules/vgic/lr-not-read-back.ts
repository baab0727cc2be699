// What the guest left in a list register is read back before the register is used again. Linux kvm_vgic_sync_hwstate, vgic_fold_lr_state.

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister } from './guest-runs.js';

export const lrNotReadBack: Rule = {
  id: 'vgic/lr-not-read-back',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_vgic_sync_hwstate, vgic_v3_fold_lr_state',
  summary: 'A list register with which the guest has run is read back before it is filled anew.',
  needs: ['vgic.flush', 'vgic.fold', 'cpu.enter'],
  on: {
    'vgic.flush': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      const slot = bank.slots.get(e.lr);
      if (slot === undefined || !bank.readsAll) return judge.held();
      // What holds two interrupts at once is a matter of another rule.
      if (!slot.ran) return;
      judge.breachIf(m.ctx.channels.of('vgic.fold').shows(e.stream) ? T : U, 'vgic.fold', () => ({
        entity: `vcpu:${e.cpu}/lr:${e.lr}`,
        sentence: `list register ${e.lr} of vCPU ${e.cpu} is filled with vINTID ${e.vid}; the guest has run with vINTID ${slot.vid} in it, and nobody has read back what became of that`,
        because: [slot.by, bank.enteredBy],
        state: shownRegister(slot),
      }));
    },
  },
};
