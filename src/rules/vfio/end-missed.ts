// QEMU ends an INTx that it has taken at the guest's next access of the function. QEMU vfio_region_read, vfio_region_write, vfio_intx_eoi.

import type { Rule } from '../rule.js';
import { nameOf } from './names.js';

export const endMissed: Rule = {
  id: 'vfio/end-missed',
  severity: 'violation',
  class: 'safety',
  clause: 'QEMU vfio_region_read, vfio_region_write (call vfio_intx_eoi), vfio_intx_interrupt',
  summary: 'When the guest accesses a register of a function whose INTx QEMU has taken, QEMU ends it.',
  needs: ['vfio.take', 'vfio.end', 'pci.cmd'],
  on: {
    'vfio.end': (e, m, judge) => {
      if (m.assigned.of(e.dev).takenBy !== undefined) judge.held();
    },
    'vfio.access': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      judge.breachIf(m.assigned.taken(device), 'taken', () => ({
        entity: device.entity,
        sentence: `the guest has read a register of ${nameOf(device)}, but QEMU has not ended the INTx that it took: the wire stays up, and VFIO keeps the function masked`,
        because: [device.modeBy, device.takenBy],
        state: { taken: '1' },
        unless: (later) => later.kind === 'vfio.end' && later.dev === e.dev,
      }));
    },
  },
};
