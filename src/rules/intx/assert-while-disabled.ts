// A function with Interrupt Disable set does not raise its line. PCI Local Bus 3.0 6.2.2, Command bit 10; PCIe 7.5.1.1.3.

import { F, T, U, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const assertWhileDisabled: Rule = {
  id: 'intx/assert-while-disabled',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Local Bus 3.0 and PCIe, Command register bit 10 (Interrupt Disable)',
  summary: 'An INTx line does not rise for a function that has Interrupt Disable set.',
  needs: ['intx.assert', 'pci.cmd', 'intx.line'],
  on: {
    'intx.line': (e, m, judge) => {
      const line = m.intx.lineOf(e);
      if (e.level === 0 || line.level === T || e.stray === 1) return;
      const fn = m.intx.raisedDisabled(line);
      const race = [fn?.dis.by, fn?.drv.by].some((by) => by !== undefined && m.ctx.unordered(by, e));
      const raised: Tri = m.intx.wanted(line) === T ? F : fn !== undefined && !race ? T : U;
      judge.breachIf(raised, 'wires of the sharers', () => ({
        entity: line.entity,
        sentence: `INTx line ${line.name} rose for ${fn?.name}, which has Interrupt Disable set, and no other function asserts it`,
        because: [fn?.dis.by, fn?.drv.by],
        state: { 'command.intx_disable': show(fn?.dis.value ?? U), drv: show(fn?.drv.value ?? U) },
        unless: (later) => 'fn' in later,
      }));
    },
  },
};
