// With the id its level bits go. KVM irq_comm.c (kvm_free_irq_source_id calls kvm_ioapic_clear_all and kvm_pic_clear_all).

import type { Rule } from '../rule.js';

export const freedWhileAsserted: Rule = {
  id: 'srcid/freed-while-asserted',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM kvm_free_irq_source_id (kvm_ioapic_clear_all, kvm_pic_clear_all)',
  summary: 'A line that only a freed IRQ source id held is low when its pin is next looked at.',
  needs: ['kvm.src.free', 'kvm.set_irq', 'ioapic.in'],
  late: {
    'source.fall': ({ debt, proof }, _, judge) => {
      // Freeing an id shows nothing at the pin: only a later input does.
      if (proof.kind !== 'ioapic.in' && proof.kind !== 'pic.in') return judge.undecided('input');
      if (debt.by.kind !== 'kvm.src.free') return;
      judge.breach({
        entity: debt.entity,
        sentence: `source ${debt.by.id} was freed while it alone held GSI ${debt.key}, and the input of pin ${proof.pin} is still 1`,
        because: [...debt.because, debt.by],
        state: { input: '1', 'line by the known sources': '0' },
        unless: (later) => later.kind === 'kvm.set_irq' && later.gsi === debt.key,
      });
    },
  },
};
