// KVM keeps the level of a line that is not a forwarded interrupt's. Linux kvm_vgic_inject_irq, vgic_irq.line_level.
// A trace cannot show that it holds every injection of this machine (filters, other machines' vCPUs, restored states): a recorder must say so.

import { F, U, known } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const lineMismatch: Rule = {
  id: 'vgic/line-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM kvm_vgic_inject_irq: of a level interrupt line_level is the level that was last set',
  summary: "In KVM's own state the line of a level interrupt is as it was last set.",
  needs: ['gic.in', 'gic.cfg', 'vgic.state'],
  on: {
    'vgic.state': (e, m, judge) => {
      const of = m.vgic.interrupts.named(e.vid, e.cpu);
      if (of?.lineBy === undefined || e.hw === 1 || e.trig !== 'level') return;
      if (of.line === known(e.line)) return judge.held();
      if (of.line === U || !m.ctx.channels.of('gic.in').declared) return judge.undecided('line');
      // Only a level leaves one behind; what is switched off, or was set long ago, may have been reset.
      if (of.edge !== F || !m.ctx.channels.of('gic.cfg').declared) return judge.undecided('trigger');
      if (e.enabled === 0 || !m.ctx.recent(of.lineBy, e)) return judge.undecided('reset');
      if (!of.isSettled(e, m.ctx)) return judge.undecided('order');
      const line = of.line === F ? 'low' : 'high';
      const inKvm = e.line === 1 ? 'high' : 'low';
      judge.breach({
        entity: of.entity,
        sentence: `the line of vINTID ${e.vid} is ${inKvm} in KVM's own state, and was last set ${line}`,
        because: [of.lineBy, of.enabledBy],
        state: { line, 'line in KVM': inKvm, 'latch in KVM': String(e.latch) },
      });
    },
  },
};
