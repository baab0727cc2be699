// An ExtINT leaves the local APIC alone. Intel SDM vol. 3, delivery mode ExtINT; KVM __apic_accept_irq does nothing for APIC_DM_EXTINT.

import { show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const extintInIsr: Rule = {
  id: 'pic/extint-in-isr',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, delivery mode ExtINT; KVM __apic_accept_irq (APIC_DM_EXTINT)',
  summary: 'A vector taken from the 8259 pair does not enter the ISR of a local APIC.',
  needs: ['cpu.inject', 'apic.accept', 'apic.eoi'],
  on: {
    'apic.eoi': (e, m, judge) => {
      const { cpu, vec } = e;
      if (vec === undefined || vec < 0) return;
      const { extVectorBy } = m.lapics.of(cpu);
      judge.breachIf(m.lapics.onlyExtInt(cpu, vec), 'isr', () => ({
        entity: `vector:${vec}@cpu${cpu}`,
        sentence: `the EOI of CPU ${cpu} ended vector ${vec}, which the CPU took from the 8259 pair and the local APIC never accepted`,
        because: [extVectorBy[vec]],
        state: { isr: show(m.lapics.inService(cpu, vec)), irr: show(m.lapics.pending(cpu, vec)) },
        unless: (later) => later.kind === 'apic.accept' && later.cpu === cpu && later.vec === vec,
      }));
    },
  },
};
