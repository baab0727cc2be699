// An assertion of what is asserted already: legal, without effect, worth counting. PCIe, INTx interrupt signaling (duplicate Assert_INTx).

import { T, and, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const duplicateAssert: Rule = {
  id: 'intx/duplicate-assert',
  severity: 'info',
  class: 'safety',
  clause: 'PCIe, INTx interrupt signaling: a duplicate Assert_INTx has no effect and is no error',
  summary: 'A wire or a level bit that is set already is not set again.',
  needs: ['kvm.set_irq'],
  on: {
    'intx.assert': (e, m, judge) => {
      const asserted = m.intx.asks(e.fn);
      const entity = `fn:${e.fn}`;
      if (asserted === T && judge.repeats(entity)) return;
      judge.breachIf(asserted, 'wire', () => ({
        entity,
        sentence: `${e.fn} asserted INTx although it asserts it already`,
        because: [m.intx.fn(e.fn).drv.by],
      }));
    },
    'kvm.set_irq': (e, m, judge) => {
      if (e.level === 0) return;
      // On a GSI that is a message every level 1 sends one.
      const onPin = m.intx.feedsPin(e.gsi) ? T : not(m.routes.isMsi(e.gsi));
      const raised = and(m.sources.level(e.gsi, e.source), onPin);
      const entity = `gsi:${e.gsi}`;
      if (raised === T && judge.repeats(entity)) return;
      judge.breachIf(raised, 'route', () => ({
        entity,
        sentence: `source ${e.source} raised GSI ${e.gsi} although it holds it up already`,
        because: [m.sources.bit(e.gsi, e.source)?.by],
      }));
    },
  },
};
