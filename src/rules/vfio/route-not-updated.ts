// The route of an entry is brought up to date when the entry is unmasked: it may have been rewritten while it was masked.
// QEMU vfio_msix_vector_do_use, vfio_update_kvm_msi_virq.

import type { Rule } from '../rule.js';

export const routeNotUpdated: Rule = {
  id: 'vfio/route-not-updated',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Express Base 6.1.4.5; QEMU vfio_msix_vector_do_use (vfio_update_kvm_msi_virq)',
  summary: 'QEMU updates the route of an assigned function\'s MSI-X entry each time the entry is unmasked.',
  needs: ['vfio.use', 'vfio.off', 'kvm.route.add', 'kvm.route.update', 'kvm.route.release'],
  on: { 'kvm.route.update': (_, __, judge) => judge.held() },
  late: {
    'vfio.route': ({ debt }, _, judge) => {
      const [entry = '', gsi] = String(debt.key).split(' ');
      const row = entry.slice(entry.lastIndexOf('/') + 1);
      judge.breach({
        entity: debt.entity,
        sentence: `entry ${row} of ${debt.entity.slice('dev:'.length)} was unmasked, and its route, GSI ${gsi}, was left as it was: KVM sends what the entry held before`,
        because: [debt.by],
      });
    },
  },
};
