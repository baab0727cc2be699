// A function that asks still when it is unmasked is signalled again. Linux vfio_pci_intx_unmask_handler; 8b9f128947dd.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

/** A recording that ends sooner does not show what would have come, in ns. */
const MARGIN = 100_000_000;

export const pendingNotResentOnUnmask: Rule = {
  id: 'vfio/pending-not-resent-on-unmask',
  severity: 'violation',
  class: 'deadline',
  clause: 'Linux vfio_pci_intx_unmask_handler: still pending, so signal again',
  summary: 'A function whose wire is up when it is unmasked interrupts again.',
  needs: ['intx.assert', 'vfio.unmask', ['vfio.irq', 'efd.signal']],
  on: {
    'vfio.irq': (e, m, judge) => {
      if (m.ctx.owed.open('vfio.resend', e.dev) !== undefined) judge.held();
    },
    'efd.signal': (e, m, judge) => {
      const device = m.vfio.ofSignal(e);
      if (device !== undefined && m.ctx.owed.open('vfio.resend', device.name) !== undefined) judge.held();
    },
  },
  late: {
    'vfio.resend': ({ debt, proof }, m, judge) => {
      if (proof.ns - debt.by.ns < MARGIN) return judge.undecided('what came after the end');
      if (!m.ctx.channels.covers('vfio.irq') && !m.ctx.channels.covers('efd.signal')) return judge.undecided('vfio.irq');
      judge.breach({
        entity: debt.entity,
        sentence: `the wire of ${String(debt.key)} was up when it was unmasked, and up to ${proofText(proof)} neither its handler ran nor its eventfd was signalled: the level is lost`,
        because: [...debt.because, debt.by],
        state: { wire: '1' },
      });
    },
  },
};
