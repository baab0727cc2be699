// A masked row's eventfd is no longer bound to KVM: irqfds know nothing of masks. PCI Express Base 6.1.4.5; KVM irqfd_wakeup.

import type { Rule } from '../rule.js';
import { gates } from './state.js';

export const irqfdBypassesMask: Rule = {
  id: 'msix/irqfd-bypasses-mask',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (a masked vector is prohibited from sending); KVM irqfd_wakeup injects whatever the mask',
  summary: 'A signal for a masked MSI-X entry does not reach KVM through its irqfd.',
  needs: ['efd.signal', 'kvm.msi', 'kvm.routes', 'msix.write'],
  on: {
    'kvm.msi': (e, m, judge) => {
      const found = m.msix.bypass.of(e);
      if (found === undefined) return;
      const { fn, entry, gsi, signal, bound, routed, inferred, certain } = found;
      judge.breachIf(certain, 'message.origin', () => ({
        entity: entry.entity,
        sentence: `${entry.title} is masked, but a signal on its irqfd was injected through GSI ${gsi}${inferred ? ', whose route is known by its message only' : ''}`,
        because: [routed, bound, fn.fmaskBy, entry.maskBy, signal],
        state: gates(fn, entry),
        ...(inferred ? { severity: 'suspicious' as const } : {}),
        unless: (later) => later.kind === 'kvm.irqfd.deassign' || later.kind === 'kvm.routes' || later.kind === 'msix.write' || later.kind === 'msix.ctrl',
      }));
    },
  },
};
