// Vectors are released as often as they were declared used. QEMU hw/pci/msix.c msix_vector_use, msix_vector_unuse.

import { F } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const vectorUseImbalance: Rule = {
  id: 'msix/vector-use-imbalance',
  severity: 'suspicious',
  class: 'safety',
  clause: 'QEMU msix_vector_use and msix_vector_unuse: uses are counted, and the last release drops what is pending',
  summary: 'An MSI-X vector is released only as often as it was declared used.',
  needs: ['msix.use', 'msix.unuse'],
  on: {
    'msix.unuse': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const count = fn.useCount(e.vec);
      // A vector beyond the table is ignored.
      if (fn.has(e.vec) === F || (count !== undefined && count > 0)) return judge.held();
      if (count === undefined) return judge.undecided('use.count');
      judge.breach({
        entity: `msix:${e.fn}/${e.vec}`,
        sentence: `vector ${e.vec} of ${e.fn} was released while no use of it was left`,
        because: [fn.uses.by(e.vec)],
        state: { 'use.count': '0' },
      });
    },
  },
};
