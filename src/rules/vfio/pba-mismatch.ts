// The guest reads its Pending bits in QEMU's array as long as one is set there; what the function itself shows knows nothing of them.
// QEMU vfio_msi_interrupt, vfio_msix_vector_do_use.

import { F, T, U, not, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { nameOf } from './names.js';

export const pbaMismatch: Rule = {
  id: 'vfio/pba-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5; QEMU vfio_msi_interrupt, vfio_msix_vector_do_use',
  summary: 'While an entry of an assigned function is pending in QEMU, the guest reads QEMU\'s Pending Bit Array.',
  needs: ['vfio.pba', 'vfio.msi', 'vfio.on', 'vfio.off', 'msix.write', 'msix.ctrl'],
  on: {
    'vfio.msi': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      const fn = m.assigned.functionOf(device);
      if (fn === undefined || device.mode !== 'msix') return;
      const entry = fn.peek(e.entry);
      const masked = fn.enabledAt(e) === T ? fn.maskedAt(entry, e) : U;
      if (masked === F) return;
      judge.breachIf(masked === T && m.assigned.showsPba ? not(device.pba) : U, 'mask', () => ({
        entity: entry.entity,
        sentence: `QEMU takes an interrupt of entry ${e.entry} of ${nameOf(device)}, which is masked, but has not put its Pending Bit Array in the place of the function's`,
        because: [device.modeBy, fn.fmaskBy, entry.maskBy],
        state: { masked: '1', pba: '0' },
        unless: (later) => (later.kind === 'msix.write' || later.kind === 'msix.ctrl') && later.fn === fn.name,
      }));
    },
    'vfio.pba': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      const fn = m.assigned.functionOf(device);
      if (e.val === 1 || fn === undefined || device.mode !== 'msix') return;
      const waiting = [...fn.entries.values()].find((entry) => entry.number !== device.usedLast && entry.pending === T && fn.maskedAt(entry, e) === T);
      const hidden: Tri = waiting === undefined ? F : fn.pending(waiting, e);
      judge.breachIf(hidden, 'pending', () => ({
        entity: waiting?.entity ?? fn.entity,
        sentence: `entry ${waiting?.number} of ${nameOf(device)} is pending in QEMU, which gives the function's own Pending Bit Array back to the guest`,
        because: [device.modeBy, waiting?.maskBy, waiting?.pendingBy],
        state: { pending: '1', pba: '0' },
      }));
    },
  },
};
