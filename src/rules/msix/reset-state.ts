// After a reset every row is masked and nothing is pending. PCI Local Bus 3.0, Vector Control (Mask Bit is 1 after reset); QEMU msix_reset.

import type { Rule } from '../rule.js';
import { judgePhantoms } from './phantom.js';
import { excuses, gates } from './state.js';

export const resetState: Rule = {
  id: 'msix/reset-state',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Local Bus 3.0, Vector Control for MSI-X Table Entries: the Mask bit is 1 after reset; QEMU msix_reset',
  summary: 'After a reset MSI-X entries read masked and their Pending bits read 0.',
  needs: ['msix.read', 'pci.reset'],
  on: {
    'msix.read': (e, m, judge) => {
      if (e.field !== 'vc') return;
      const fn = m.msix.of(e.fn);
      const entry = fn.peek(e.entry);
      const fromReset = fn.maskedByReset(entry, e);
      if ((e.val & 1n) === 1n) return judge.held();
      judge.breachIf(fromReset, 'entry.mask', () => ({
        entity: entry.entity,
        sentence: `${entry.title} reads unmasked after a reset; nothing has written its Vector Control since`,
        because: [entry.maskBy],
        state: gates(fn, entry),
        unless: excuses(e.fn, entry.number),
      }));
    },
    'msix.pba.read': (e, m, judge) => {
      const sentence = ({ title }: { title: string }): string => `the PBA bit of ${title} reads 1 after a reset; nothing has fired it since`;
      judgePhantoms({ e, m, judge, applies: (cleared) => cleared === 'reset', sentence });
    },
  },
};
