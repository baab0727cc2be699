// Interrupt Status shows the function's state whatever Interrupt Disable says. PCI Local Bus 3.0 6.2.3, Status bit 3.

import { F, T, U, known, same, show, not, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const statusMismatch: Rule = {
  id: 'intx/status-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: 'PCI Local Bus 3.0 and PCIe, Status register bit 3 (Interrupt Status)',
  summary: 'Interrupt Status reads 1 exactly while the function asserts INTx.',
  needs: ['pci.status.read', 'intx.assert', 'intx.deassert'],
  on: {
    'pci.status.read': (e, m, judge) => {
      const fn = m.intx.fn(e.fn);
      const drv = m.intx.asks(e.fn);
      const settled = fn.messages === F && !(fn.drv.by !== undefined && m.ctx.unordered(fn.drv.by, e));
      const differs: Tri = drv === U || !settled ? U : not(same<Tri>(drv, known(e.int_status)));
      judge.breachIf(differs, 'wire', () => ({
        entity: `fn:${e.fn}`,
        sentence: `Interrupt Status of ${e.fn} reads ${e.int_status} while the function ${drv === T ? 'asserts' : 'does not assert'} INTx`,
        because: [fn.drv.by],
        state: { drv: show(drv), 'command.intx_disable': show(fn.dis.value) },
        unless: (later) => (later.kind === 'intx.assert' || later.kind === 'intx.deassert' || later.kind === 'pci.reset') && later.fn === e.fn,
      }));
    },
  },
};
