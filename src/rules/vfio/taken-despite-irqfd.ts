// While KVM takes a function's INTx by a resampling irqfd, QEMU takes none. QEMU vfio_intx_enable_kvm, vfio_intx_disable_kvm.

import type { Rule } from '../rule.js';
import { nameOf } from './names.js';

export const takenDespiteIrqfd: Rule = {
  id: 'vfio/taken-despite-irqfd',
  severity: 'violation',
  class: 'safety',
  clause: 'QEMU vfio_intx_enable_kvm (takes its own handler away), vfio_intx_disable_kvm',
  summary: 'QEMU takes no INTx of a function whose INTx goes to KVM.',
  needs: ['vfio.take', 'vfio.fast', 'vfio.slow'],
  on: {
    'vfio.take': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      judge.breachIf(device.fast, 'irqfd', () => ({
        entity: device.entity,
        sentence: `QEMU takes an INTx of ${nameOf(device)}, which KVM takes by its irqfd: the guest gets it twice, or nobody ends it`,
        because: [device.modeBy, device.fastBy],
        state: { irqfd: '1' },
        unless: (later) => later.kind === 'vfio.slow' && later.dev === e.dev,
      }));
    },
  },
};
