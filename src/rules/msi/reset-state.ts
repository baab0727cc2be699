// MSI Enable is 0 after a reset. PCI Express Base 7.7.1.2, Message Control register for MSI; QEMU msi_reset.

import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const msiResetState: Rule = {
  id: 'msi/reset-state',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 7.7.1.2 (Message Control: MSI Enable is 0 after a reset)',
  summary: 'After a reset MSI Enable reads 0 until software sets it.',
  needs: ['msi.ctrl.read', 'pci.reset', 'msi.ctrl'],
  on: {
    'msi.ctrl.read': (e, m, judge) => {
      const reset = m.resetBits.msiEnable.get(e.fn);
      if (reset === undefined) return judge.undecided('pci.reset');
      const near = m.ctx.unordered(reset, e) || !m.ctx.channels.covers('msi.ctrl');
      judge.breachIf(e.enable === 0 ? F : near ? U : T, 'msi.ctrl', () => ({
        entity: `fn:${e.fn}`,
        sentence: `MSI Enable of ${e.fn} reads 1 after a reset; nothing has set it since`,
        because: [reset],
        state: { 'msi.enable': '0' },
        unless: (later) => later.kind === 'msi.ctrl' && later.fn === e.fn,
      }));
    },
  },
};
