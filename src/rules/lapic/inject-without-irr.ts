// What is injected was requested: IRR to ISR. SDM, interrupt acceptance for fixed interrupts; KVM kvm_get_apic_interrupt.

import { F, T, U, and, not, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const injectWithoutIrr: Rule = {
  id: 'lapic/inject-without-irr',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, interrupt acceptance for fixed interrupts (IRR to ISR)',
  summary: 'A vector is injected only after its request bit was set.',
  needs: ['apic.accept', 'cpu.inject'],
  on: {
    'cpu.inject': (e, m, judge) => {
      const own = m.lapics.isFromLapic(e);
      const lapic = m.lapics.of(e.cpu);
      const pending = m.lapics.pending(e.cpu, e.vec);
      // Accepted while the APIC was disabled: a rule of its own.
      if (own === F || lapic.voidBy[e.vec] !== undefined) return judge.held();
      // A vector still in service is injected again after an exit during its delivery.
      const idle = and(not(pending), not(m.lapics.inService(e.cpu, e.vec)));
      judge.breachIf(and(and(own, idle), m.lapics.showsOthers ? T : U), pending !== F ? 'irr' : own === T ? 'requests of others' : 'extint', () => ({
        entity: `vector:${e.vec}@cpu${e.cpu}`,
        sentence: `vector ${e.vec} was injected into CPU ${e.cpu} although its IRR bit is clear: nothing requested it since it was last taken`,
        because: [lapic.acceptBy[e.vec], lapic.injectBy[e.vec], lapic.eoiBy[e.vec]],
        state: { irr: show(pending), isr: show(m.lapics.inService(e.cpu, e.vec)) },
        unless: (later) => later.kind === 'apic.accept' && later.vec === e.vec && later.cpu === e.cpu,
      }));
    },
  },
};
