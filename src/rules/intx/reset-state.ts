// Interrupt Disable is 0 after a reset. PCI Local Bus 3.0 6.2.2, Command bit 10; QEMU pci_do_device_reset.

import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const intxResetState: Rule = {
  id: 'intx/reset-state',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Local Bus 3.0 and PCIe, Command register bit 10 (Interrupt Disable is 0 after a reset)',
  summary: 'After a reset Interrupt Disable reads 0 until software sets it.',
  needs: ['pci.cmd.read', 'pci.reset', 'pci.cmd'],
  on: {
    'pci.cmd.read': (e, m, judge) => {
      const reset = m.resetBits.intxDisable.get(e.fn);
      if (reset === undefined) return judge.undecided('pci.reset');
      const near = m.ctx.unordered(reset, e) || !m.ctx.channels.covers('pci.cmd');
      judge.breachIf(e.intx_disable === 0 ? F : near ? U : T, 'pci.cmd', () => ({
        entity: `fn:${e.fn}`,
        sentence: `Interrupt Disable of ${e.fn} reads 1 after a reset; nothing has set it since`,
        because: [reset],
        state: { 'command.intx_disable': '0' },
        unless: (later) => later.kind === 'pci.cmd' && later.fn === e.fn,
      }));
    },
  },
};
