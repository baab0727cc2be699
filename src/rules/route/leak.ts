// A device that gives its vectors back gives its routes back. QEMU kvm_irqchip_release_virq.

import type { Rule } from '../rule.js';

export const routeLeak: Rule = {
  id: 'route/leak',
  severity: 'suspicious',
  class: 'resource',
  clause: 'QEMU msix_unuse_all_vectors, kvm_irqchip_release_virq',
  summary: 'The GSI routing table does not grow each time a function gives its MSI-X vectors back.',
  needs: ['kvm.routes', 'msix.unuse_all'],
  on: {
    'kvm.routes': (e, m, judge) => {
      if (e.ret === undefined || e.ret < 0) return;
      const leaks = m.routes.growth.leaks(e);
      // Vectors taken unseen would explain the growth.
      const seen = ['msix.use', 'msix.ctrl', 'msi.ctrl'] as const;
      if (leaks.length > 0 && !seen.every((kind) => m.ctx.channels.of(kind).declared)) return judge.undecided('msix.use');
      for (const { fn, nr, given, taken, grown, evidence } of leaks) {
        judge.breach({
          entity: `fn:${fn}`,
          sentence: `the routing table has grown to ${e.nr} entries in ${grown + 1} cycles in a row in which ${fn} gave its MSI-X vectors back`,
          because: evidence,
          state: { nr: String(e.nr), 'nr before': String(nr), 'vectors given back': String(given), 'vectors taken since': String(taken) },
        });
      }
    },
  },
};
