// What the guest left in a list register is read back before the register is used again. Linux kvm_vgic_sync_hwstate, vgic_fold_lr_state.

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister } from './guest-runs.js';

export const lrNotReadBack: Rule = {
  id: 'vgic/lr-not-read-back',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_vgic_sync_hwstate, vgic_v3_fold_lr_state',
  summary: 'A list register is read back before it is filled with something else, or once the guest has run with it.',
  needs: ['vgic.flush', 'vgic.fold', 'cpu.enter'],
  on: {
    'vgic.flush': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      const slot = bank.slots.get(e.lr);
      if (slot === undefined || !bank.readsAll) return judge.held();
      // Filled once more with the same before the guest runs, nothing is lost.
      if (!slot.ran && slot.vid === e.vid) return;
      judge.breachIf(m.ctx.channels.of('vgic.fold').shows(e.stream) ? T : U, 'vgic.fold', () => ({
        entity: `vcpu:${e.cpu}/lr:${e.lr}`,
        sentence: `list register ${e.lr} of vCPU ${e.cpu} is filled with vINTID ${e.vid} over vINTID ${slot.vid}${slot.ran ? ', with which the guest has run: nobody has read back what became of that' : ', which nobody has taken out: the guest never gets it from there'}`,
        because: [slot.by, slot.ran ? bank.enteredBy : undefined],
        state: shownRegister(slot),
      }));
    },
  },
};
