// The EOI of a level interrupt reaches the IOAPIC. SDM, EOI broadcast; KVM kvm_ioapic_send_eoi and its EOI-exit bitmap.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const eoiNotForwarded: Rule = {
  id: 'ioapic/eoi-not-forwarded',
  severity: 'violation',
  class: 'deadline',
  clause: 'Intel SDM vol. 3, APIC chapter, EOI of level-triggered interrupts is broadcast to the IOAPICs; KVM kvm_ioapic_send_eoi',
  summary: 'The EOI of a level interrupt reaches the pin that waits for it.',
  needs: [['apic.accept', 'ioapic.eoi'], 'apic.eoi', ['kvm.ack', 'ioapic.eoi']],
  on: {
    'kvm.ack': (e, _, judge) => {
      if (e.chip === 2) judge.held();
    },
    'ioapic.eoi': (e, _, judge) => {
      if (e.cpu !== undefined) judge.held();
    },
  },
  late: {
    'lapic.broadcast': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `the EOI of a level interrupt on CPU ${debt.key} was not broadcast to the IOAPICs before ${proofText(proof)}`,
        because: [...debt.because, debt.by],
      }),
    'ioapic.ack': ({ debt }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `the EOI of a level interrupt of IOAPIC pin ${debt.key} never reached the pin, which waits for it`,
        because: [...debt.because, debt.by],
      }),
  },
};
