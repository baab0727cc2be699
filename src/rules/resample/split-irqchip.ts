// With a split irqchip the kernel sees no acknowledge: it must refuse resample irqfds. KVM arch/x86/kvm kvm_arch_irqfd_allowed.

import type { Rule } from '../rule.js';

/** KVM_IRQFD_FLAG_RESAMPLE. */
const RESAMPLE = 2;

export const splitIrqchip: Rule = {
  id: 'resample/split-irqchip',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_arch_irqfd_allowed: KVM_IRQFD_FLAG_RESAMPLE needs the full in-kernel irqchip',
  summary: 'With a split irqchip a resample irqfd is refused.',
  needs: ['kvm.irqfd.assign', 'meta.cfg'],
  on: {
    'kvm.irqfd.assign': (e, m, judge) => {
      if ((e.flags & RESAMPLE) === 0) return;
      const { irqchip } = m.ctx.config;
      if (irqchip === undefined) judge.undecided('irqchip');
      else if (irqchip === 'full' || e.ret !== 0) judge.held();
      else
        judge.breach({
          entity: `irqfd:${e.fd}`,
          sentence: `resample irqfd ${e.fd} was bound to GSI ${e.gsi} although the irqchip is split: no acknowledge will ever reach its resamplefd`,
          state: { irqchip, ret: String(e.ret) },
        });
    },
  },
};
