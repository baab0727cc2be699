// A software-disabled APIC ignores fixed messages. SDM, local APIC state after it has been software disabled; KVM __apic_accept_irq.

import { firstVector } from '../../model/lapic-takes.js';
import { F, T, and, not, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const WORD = 32;

export const acceptWhenDisabled: Rule = {
  id: 'lapic/accept-when-disabled',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, local APIC state after it has been software disabled',
  summary: 'A message that reaches a software-disabled APIC is not injected, and sets no bit of its registers.',
  needs: ['apic.svr', ['apic.accept', 'apic.ipi', 'apic.msg'], ['cpu.inject', 'apic.read']],
  on: {
    'apic.read': (e, m, judge) => {
      const first = firstVector(e);
      if (first < 0 || e.reg === 'tmr') return;
      const lapic = m.lapics.of(e.cpu);
      for (let v = first; v < first + WORD; v++) {
        const voided = lapic.voidBy[v];
        if (voided === undefined || ((e.val >>> (v - first)) & 1) === 0) continue;
        judge.breach({
          entity: `vector:${v}@cpu${e.cpu}`,
          sentence: `vector ${v} is ${e.reg === 'irr' ? 'requested' : 'in service'} at CPU ${e.cpu} although it only arrived while the APIC was disabled`,
          because: [lapic.svrBy, voided],
          state: { 'svr.enable': show(lapic.enabled) },
        });
        return;
      }
    },
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
