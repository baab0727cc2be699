// KVM keeps the level of a line that is not a forwarded interrupt's. Linux kvm_vgic_inject_irq, vgic_irq.line_level.

import { F, T, U, known } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const lineMismatch: Rule = {
  id: 'vgic/line-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM kvm_vgic_inject_irq: of a level interrupt line_level is the level that was last set',
  summary: "In KVM's own state the line of a level interrupt is as it was last set.",
  needs: ['gic.in', 'vgic.state'],
  on: {
    'vgic.state': (e, m, judge) => {
      const of = m.vgic.interrupts.named(e.vid, e.cpu);
      if (of?.lineBy === undefined || e.hw === 1 || e.trig !== 'level') return;
      // A trigger that is known to have been another one left no level behind; what is switched off may have been reset.
      if (of.line === U || of.edge === T || e.enabled === 0 || !m.ctx.channels.covers('gic.in')) return judge.undecided('line');
      if (!of.isSettled(e, m.ctx)) return judge.undecided('order');
      if (of.line === known(e.line)) return judge.held();
      judge.breach({
        entity: of.entity,
        sentence: `the line of vINTID ${e.vid} is ${e.line === 1 ? 'high' : 'low'} in KVM's own state, and was last set ${of.line === F ? 'low' : 'high'}`,
        because: [of.lineBy, of.enabledBy],
        state: { line: of.line === F ? 'low' : 'high', 'line in KVM': e.line === 1 ? 'high' : 'low', 'latch in KVM': String(e.latch) },
      });
    },
  },
};
