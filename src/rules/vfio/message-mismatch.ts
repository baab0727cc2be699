// What QEMU says it sends for an entry is what the guest has put there. QEMU vfio_msi_interrupt, msix_get_message.

import { F, T, U, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { nameOf } from './names.js';

export const messageMismatch: Rule = {
  id: 'vfio/message-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.2, 7.7.2; QEMU vfio_msi_interrupt, msix_get_message',
  summary: 'The message that QEMU has for an entry of an assigned function is that of its MSI-X table.',
  needs: ['vfio.msi', 'vfio.on', 'vfio.off', 'msix.write'],
  on: {
    'vfio.msi': (e, m, judge) => {
      const device = m.assigned.of(e.dev);
      const fn = m.assigned.functionOf(device);
      if (fn === undefined || device.mode !== 'msix') return judge.undecided('function');
      const entry = fn.peek(e.entry);
      const same = entry.isUnderWay || !m.ctx.channels.covers('msix.write') ? U : entry.holds(e);
      judge.breachIf(not(same), 'msix.entry', () => ({
        entity: entry.entity,
        sentence: `QEMU takes an interrupt of entry ${e.entry} of ${nameOf(device)} for the message 0x${e.addr.toString(16)}/0x${e.data.toString(16)}, which is not what the entry holds`,
        because: [device.modeBy, entry.writeBy],
        state: { masked: entry.mask === T ? '1' : entry.mask === F ? '0' : '?' },
        unless: (later) => later.kind === 'msix.write' && later.fn === fn.name,
      }));
    },
  },
};
