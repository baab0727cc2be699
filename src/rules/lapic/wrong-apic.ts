// A message to a physical destination reaches the APIC of that number. Intel SDM vol. 3, physical destination mode; KVM
// kvm_irq_delivery_to_apic_fast.

import type { Rule } from '../rule.js';

export const wrongApic: Rule = {
  id: 'lapic/wrong-apic',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, physical destination mode; KVM kvm_irq_delivery_to_apic_fast',
  summary: 'What is sent to a physical destination the same vCPU accepts each time.',
  needs: ['apic.accept', ['kvm.msi', 'kvm.ipi', 'ioapic.deliver']],
  on: {
    'apic.accept': (e, m, judge) => {
      const dst = m.takers.destinationOf(e);
      if (dst === undefined) return;
      const taken = m.takers.takerOf(dst, e);
      if (taken === undefined) return judge.undecided('destination');
      if (taken.cpu === e.cpu) return judge.held();
      judge.breach({
        entity: `vector:${e.vec}@cpu${e.cpu}`,
        sentence: `vector ${e.vec} was sent to physical destination ${dst}, which is vCPU ${taken.cpu}, and vCPU ${e.cpu} accepted it`,
        because: [taken],
        state: { destination: String(dst), 'its vCPU': String(taken.cpu) },
      });
    },
  },
};
