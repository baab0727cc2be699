// An interrupt that has a route goes to KVM by its irqfd, and not to QEMU. QEMU vfio_enable_vectors, vfio_msix_vector_do_use.

import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { nameOf } from './names.js';

export const irqfdPassedBy: Rule = {
  id: 'vfio/irqfd-passed-by',
  severity: 'violation',
  class: 'safety',
  clause: 'QEMU vfio_enable_vectors, vfio_msix_vector_do_use, vfio_connect_kvm_msi_virq',
  summary: 'QEMU takes no interrupt of an MSI-X entry or MSI message that it has given to KVM.',
  needs: ['vfio.msi', 'vfio.off', 'kvm.route.add', 'kvm.route.release', 'vfio.on'],
  on: {
    'vfio.msi': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      // While the entry is masked its interrupts are QEMU's.
      const mine = device.mode === 'msi' || (device.used(e.entry) === T && m.ctx.channels.covers('vfio.release'));
      if (device.mode === undefined) return judge.undecided('mode');
      const passed = mine ? m.routeEdits.passedBy(e) : undefined;
      if (passed === undefined) return judge.held();
      judge.breach({
        entity: device.entity,
        sentence: `QEMU takes interrupt ${e.entry} of ${nameOf(device)}, and not the first, though it has a route to KVM, GSI ${passed.gsi}`,
        because: [device.modeBy, device.uses.get(e.entry)?.by, passed.before],
      });
    },
  },
};
