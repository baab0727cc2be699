// VFIO masks a function when it signals its INTx: the next signal comes after an unmask. Linux vfio_intx_handler; QEMU vfio_intx_interrupt, vfio_intx_eoi.

import { T, U, and } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { nameOf } from './names.js';

export const takenTwice: Rule = {
  id: 'vfio/taken-twice',
  severity: 'violation',
  class: 'safety',
  clause: 'Linux vfio_intx_handler (masks before it signals); QEMU vfio_intx_interrupt, vfio_intx_eoi',
  summary: 'QEMU takes the INTx of a function again only after it has ended the one before.',
  needs: ['vfio.take', 'vfio.end', 'vfio.on', 'pci.cmd'],
  on: {
    'vfio.take': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      // Without its name nobody knows whether the guest has cleared its Interrupt Disable.
      const seen = device.fn === undefined ? U : T;
      judge.breachIf(and(seen, m.assigned.taken(device)), 'taken', () => ({
        entity: device.entity,
        sentence: `QEMU takes an INTx of ${nameOf(device)}, though it has not ended the one it took before, and VFIO keeps the function masked until then`,
        because: [device.modeBy, device.takenBy],
        state: { taken: '1' },
        unless: (later) => later.kind === 'vfio.end' && later.dev === e.dev,
      }));
    },
  },
};
