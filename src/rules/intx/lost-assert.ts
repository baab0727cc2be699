// An asserted wire raises its line. PCI Local Bus 3.0 2.2.6; PCIe, INTx interrupt signaling.

import { show } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const lostAssert: Rule = {
  id: 'intx/lost-assert',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Local Bus 3.0, Interrupt Pins; PCIe, INTx interrupt signaling: the line shows the wires on it',
  summary: 'An INTx line rises when a function on it asserts, before the function de-asserts.',
  needs: ['intx.assert', 'intx.line'],
  on: {
    'intx.line': (e, m, judge) => {
      const holder = e.level === 1 ? m.intx.holder(m.intx.lineOf(e)) : undefined;
      if (holder !== undefined && m.ctx.owed.open('intx.rise', holder.name) !== undefined) judge.held();
    },
  },
  late: {
    'intx.rise': ({ debt, proof }, m, judge) => {
      const fn = m.intx.fn(String(debt.key));
      judge.breach({
        entity: debt.entity,
        sentence: `${fn.name} asserted its INTx wire and INTx line ${fn.home ?? 'of it'} did not rise before ${proofText(proof)}; no other line did either`,
        because: [...debt.because, debt.by],
        state: { 'command.intx_disable': show(fn.dis.value), messages: show(fn.messages) },
        unless: (later) => later.kind === 'intx.line',
      });
    },
  },
};
