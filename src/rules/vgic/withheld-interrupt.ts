// The guest's acknowledge does not come back empty while a list register holds what is to be signalled. Arm IHI 0069, 4.8 and
// ICV_IAR1_EL1; IHI 0048B, GICV_IAR.

import type { Rule } from '../rule.js';
import { overlooked } from './candidates.js';
import { shownRegister } from './guest-runs.js';

const NONE = 1023;

const hex = (value: number | undefined): string => `0x${(value ?? 0).toString(16)}`;

export const withheldInterrupt: Rule = {
  id: 'vgic/withheld-interrupt',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICV_IAR1_EL1: the INTID of the signalled virtual interrupt, 1023 only if there is none',
  summary: "The guest's acknowledge returns an interrupt while a list register holds one that passes its mask, its group's enable and what it runs.",
  needs: ['vgic.flush', 'vgic.hcr', 'gic.pmr', 'gic.grpen', 'gic.iar'],
  on: {
    'gic.iar': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      if (bank.slots.size === 0) return;
      if (e.id !== NONE) return judge.held();
      const slot = overlooked(e.group, bank, m, ({ by }) => bank.face.unmasks(by) && bank.face.lets(by));
      if (slot === undefined) return judge.undecided('list registers');
      judge.breach({
        entity: `vcpu:${e.cpu}/intid:${slot.vid}`,
        sentence: `the guest on vCPU ${e.cpu} acknowledged and got ${NONE} although list register ${slot.lr} holds vINTID ${slot.vid} pending, of priority ${hex(slot.by.prio)}, which passes the mask ${hex(bank.face.mask)}, and nothing more urgent runs`,
        because: [slot.by],
        state: shownRegister(slot),
      });
    },
  },
};
