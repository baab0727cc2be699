// MSI Enable is 0 after a reset. PCI Express Base 7.7.1.2, Message Control register for MSI; QEMU msi_reset.

import { judgeResetBit } from '../reset-bit.js';
import type { Rule } from '../rule.js';

export const msiResetState: Rule = {
  id: 'msi/reset-state',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 7.7.1.2 (Message Control: MSI Enable is 0 after a reset)',
  summary: 'After a reset MSI Enable reads 0 until software sets it.',
  needs: ['msi.ctrl.read', 'pci.reset', 'msi.ctrl'],
  on: {
    'msi.ctrl.read': (e, m, judge) =>
      judgeResetBit({ read: e, isSet: e.enable === 1, reset: m.resetBits.msiEnable.get(e.fn), name: 'MSI Enable', field: 'msi.enable', writtenBy: 'msi.ctrl' }, m, judge),
  },
};
