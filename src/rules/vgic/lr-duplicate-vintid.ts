// No two list registers of a vCPU hold one interrupt. Arm IHI 0069, ICH_LR<n>_EL2; Linux 16ca6a607d84.

import { F, and } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister, whenGuestRuns } from './guest-runs.js';

export const lrDuplicateVintid: Rule = {
  id: 'vgic/lr-duplicate-vintid',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2.vINTID: two list registers with one vINTID are UNPREDICTABLE',
  summary: 'No two list registers of a vCPU hold the same virtual interrupt.',
  needs: ['vgic.flush'],
  on: whenGuestRuns((slot, e, m, judge) => {
    const others = [...m.vgic.bank(e.stream, e.cpu).slots.values()].filter((other) => other.vid === slot.vid && other.lr > slot.lr);
    if (others.length === 0) judge.held();
    for (const other of others) {
      const both = and(slot.inUse, other.inUse);
      if (both === F) continue;
      judge.breachIf(both, 'state of the list registers', () => ({
        entity: `vcpu:${e.cpu}/intid:${slot.vid}`,
        sentence: `vINTID ${slot.vid} is in list registers ${slot.lr} and ${other.lr} of vCPU ${e.cpu} while the guest runs`,
        because: [slot.by, other.by],
        state: { ...shownRegister(slot), 'other lr': String(other.lr), 'other state': shownRegister(other)['state'] ?? '' },
      }));
    }
  }),
};
