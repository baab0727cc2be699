// Of a list register that the guest did not run with, what was written is read back. Linux ae705930fca6.

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister } from './guest-runs.js';

export const staleLrFold: Rule = {
  id: 'vgic/stale-lr-fold',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM ae705930fca6: ELRSR and EISR in sync with the software model',
  summary: 'Without an entry into the guest a list register is read back as it was filled.',
  needs: ['vgic.flush', 'vgic.fold', 'cpu.enter'],
  on: {
    'vgic.fold': (e, m, judge) => {
      const slot = e.lr === undefined ? undefined : m.vgic.bank(e.stream, e.cpu).slots.get(e.lr);
      if (slot === undefined || slot.vid !== e.vid || e.st === undefined || slot.by.st === undefined) return;
      if (slot.ran || e.st === slot.by.st) return judge.held();
      judge.breachIf(m.ctx.channels.of('cpu.enter').shows(e.stream) ? T : U, 'entries', () => ({
        entity: `vcpu:${e.cpu}/lr:${e.lr}`,
        sentence: `list register ${e.lr} of vCPU ${e.cpu} was filled with vINTID ${e.vid} ${slot.by.st} and read back ${e.st}, and the guest has not run in between: the state is of an earlier run`,
        because: [slot.by],
        state: { ...shownRegister(slot), 'read back': e.st ?? '' },
        unless: (later) => later.kind === 'cpu.enter' && later.cpu === e.cpu,
      }));
    },
  },
};
