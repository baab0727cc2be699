// A software-disabled APIC ignores fixed messages. SDM, local APIC state after it has been software disabled; KVM __apic_accept_irq.

import { F, T, and, not, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const acceptWhenDisabled: Rule = {
  id: 'lapic/accept-when-disabled',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, local APIC state after it has been software disabled',
  summary: 'A message that reaches a software-disabled APIC is not injected.',
  needs: ['apic.svr', 'apic.accept', 'cpu.inject'],
  on: {
    'cpu.inject': (e, m, judge) => {
      const lapic = m.lapics.of(e.cpu);
      const voided = lapic.voidBy[e.vec];
      const own = m.lapics.isFromLapic(e);
      if (voided === undefined || own === F) return;
      judge.breachIf(and(own, not(m.lapics.pending(e.cpu, e.vec))), own === T ? 'irr' : 'extint', () => ({
        entity: `vector:${e.vec}@cpu${e.cpu}`,
        sentence: `vector ${e.vec} was injected into CPU ${e.cpu} although it only arrived while the APIC was disabled`,
        because: [lapic.svrBy, voided],
        state: { 'svr.enable': show(lapic.enabled), irr: show(lapic.irr.get(e.vec)) },
      }));
    },
  },
};
