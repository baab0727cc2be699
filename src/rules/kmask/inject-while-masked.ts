// What comes for a masked GSI is queued. KVM_MASK_IRQ as proposed in 2009.

import type { Rule } from '../rule.js';

export const injectWhileMasked: Rule = {
  id: 'kmask/inject-while-masked',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_MASK_IRQ (2009): blocks the interrupt whatever its source',
  summary: 'Nothing is injected on a GSI that user space has masked in KVM.',
  needs: ['kvm.mask', 'kvm.unmask', 'kvm.inject'],
  on: {
    'kvm.inject': (e, m, judge) => {
      const { maskBy, queueBy } = m.kmasks.of(e.gsi);
      judge.breachIf(m.kmasks.maskedAt(e.gsi, e), 'mask', () => ({
        entity: `gsi:${e.gsi}`,
        sentence: `GSI ${e.gsi} was injected while KVM_MASK_IRQ has it masked`,
        because: [maskBy, queueBy],
        state: { 'kernel mask': '1' },
        unless: (later) => later.kind === 'kvm.unmask' && later.gsi === e.gsi,
      }));
    },
  },
};
