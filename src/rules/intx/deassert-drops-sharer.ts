// A line stays up while any function on it asserts. PCI Local Bus 3.0 2.2.6; KVM keeps one level bit per source for this (kvm_irq_line_state).

import { F, T, U, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const deassertDropsSharer: Rule = {
  id: 'intx/deassert-drops-sharer',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Local Bus 3.0, Interrupt Pins: a shared line is the OR of its wires; KVM __kvm_irq_line_state',
  summary: 'An INTx line does not fall while another function on it asserts.',
  needs: ['intx.assert', 'intx.deassert', 'intx.line'],
  on: {
    'intx.line': (e, m, judge) => {
      const line = m.intx.lineOf(e);
      if (e.level === 1 || line.level === F || e.stray === 1) return;
      const { releaser, releasedBy } = line;
      const holder = m.intx.holder(line);
      const shared = holder !== undefined && releaser !== undefined && releaser !== holder;
      const order = holder?.changedBy;
      const certain = line.level === T && shared && !(order !== undefined && m.ctx.unordered(order, e));
      const drops: Tri = m.intx.wanted(line) === F ? F : certain ? m.intx.wanted(line) : U;
      judge.breachIf(drops, 'wires of the sharers', () => ({
        entity: line.entity,
        sentence: `INTx line ${line.name} fell after ${releaser?.name} let go, while ${holder?.name} still asserts it`,
        because: [holder?.roseBy, line.by, releasedBy],
        state: { [`drv[${holder?.name}]`]: show(T), [`drv[${releaser?.name}]`]: show(releaser?.drv.value ?? U) },
        unless: (later) => 'fn' in later && later.fn === holder?.name,
      }));
    },
  },
};
