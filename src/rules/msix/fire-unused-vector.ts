// A device that declares its vectors used fires only those. QEMU msix_notify drops what fires on an unused vector.

import { F } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const fireUnusedVector: Rule = {
  id: 'msix/fire-unused-vector',
  severity: 'suspicious',
  class: 'safety',
  clause: 'QEMU msix_notify: returns without a message if the vector is not in use',
  summary: 'Where vectors must be declared used, only used ones fire.',
  needs: ['msix.fire', 'msix.use'],
  on: {
    'msix.fire': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      if (fn.config.tracking !== 1 || fn.has(e.entry) === F) return;
      const count = fn.useCount(e.entry);
      if (count === undefined) return judge.undecided('use.count');
      if (count > 0) return judge.held();
      judge.breach({
        entity: `msix:${e.fn}/${e.entry}`,
        sentence: `vector ${e.entry} of ${e.fn} fired while not declared used: the interrupt is dropped`,
        because: [fn.uses.by(e.entry)],
        state: { 'use.count': '0' },
      });
    },
  },
};
