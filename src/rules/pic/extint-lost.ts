// What the 8259 pair was acknowledged for is injected. KVM kvm_cpu_get_interrupt: the acknowledge cannot be taken back.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const extintLost: Rule = {
  id: 'pic/extint-lost',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM kvm_cpu_get_extint and kvm_pic_read_irq; QEMU cpu_get_pic_interrupt',
  summary: 'An interrupt acknowledged at the 8259 pair is injected before the vCPU has entered the guest twice.',
  needs: ['pic.inta', 'cpu.inject', 'cpu.exit'],
  on: {
    'cpu.inject': (e, _, judge) => {
      if (e.ext === 1) judge.held();
    },
  },
  late: {
    'pic.inject': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `vector ${debt.key} was acknowledged at the 8259 pair and not injected before ${proofText(proof)}: the pair believes it is being handled`,
        because: [...debt.because, debt.by],
      }),
  },
};
