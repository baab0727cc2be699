// Interrupt Disable is 0 after a reset. PCI Local Bus 3.0 6.2.2, Command bit 10; QEMU pci_do_device_reset.

import { judgeResetBit } from '../reset-bit.js';
import type { Rule } from '../rule.js';

export const intxResetState: Rule = {
  id: 'intx/reset-state',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Local Bus 3.0 and PCIe, Command register bit 10 (Interrupt Disable is 0 after a reset)',
  summary: 'After a reset Interrupt Disable reads 0 until software sets it.',
  needs: ['pci.cmd.read', 'pci.reset', 'pci.cmd'],
  on: {
    'pci.cmd.read': (e, m, judge) =>
      judgeResetBit({ read: e, isSet: e.intx_disable === 1, reset: m.resetBits.intxDisable.get(e.fn), name: 'Interrupt Disable', field: 'command.intx_disable', writtenBy: 'pci.cmd' }, m, judge),
  },
};
