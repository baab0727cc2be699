// A function interrupts in the way that the guest has switched on. QEMU vfio_pci_write_config, which switches VFIO within the write.

import { nameOf } from './names.js';
import type { Rule } from '../rule.js';

const MODES = { intx: 'INTx', msi: 'MSI', msix: 'MSI-X', none: 'nothing' } as const;

export const modeMismatch: Rule = {
  id: 'vfio/mode-mismatch',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Local Bus 3.0 6.8.1.3, 6.8.2.3 (MSI Enable, MSI-X Enable); QEMU vfio_pci_write_config',
  summary: 'A function of the host interrupts by INTx, MSI or MSI-X as the guest has switched it.',
  needs: ['vfio.on', 'vfio.off', ['msix.ctrl', 'msi.ctrl']],
  on: {
    'vfio.on': (e, m, judge) => {
      if (m.assigned.of(e.dev).fn !== undefined) judge.held();
    },
  },
  late: {
    'vfio.mode': ({ debt }, m, judge) => {
      const device = m.assigned.of(String(debt.key));
      if (device.found === undefined) return judge.undecided('mode');
      const { wanted, mode } = device.found;
      judge.breach({
        entity: debt.entity,
        sentence: `the guest has ${nameOf(device)} interrupt by ${MODES[wanted]}, but QEMU went on with ${MODES[mode]}`,
        because: [...debt.because, debt.by],
        state: { guest: wanted, vfio: mode },
        // MSI fails where the host has no vector left.
        ...(wanted === 'msi' ? { severity: 'suspicious' as const } : {}),
      });
    },
  },
};
