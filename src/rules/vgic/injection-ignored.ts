// Who sets a line sets it in KVM's state, under one lock with the queueing that follows. Linux kvm_vgic_inject_irq: line_level of a level
// interrupt, pending_latch of an edge, which only a rise sets.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, and, known, not, or } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

/** The thread has just been called upon to look at it, and holds its lock since: what it was called for must be there. True if it was. */
function judgeCause(e: EventOf<'vgic.irq'>, m: Machine, judge: Judge): boolean {
  const cause = m.vgic.queueing.awaited(e);
  if (cause === undefined || cause.by.kind === 'gic.en') return false;
  const { by, of, edge } = cause;
  const what = by.kind === 'gic.act' ? 'active' : by.kind === 'gic.in' && edge === F ? 'line' : 'latch';
  const is = e[what];
  judge.breachIf(is === undefined ? U : not(known(is)), what, () => ({
    entity: of.entity,
    sentence: `vINTID ${e.vid} ${by.kind === 'gic.in' ? 'was raised' : `was made ${what === 'active' ? 'active' : 'pending'} by the guest`}, and in KVM's own state ${what === 'line' ? 'its line is low' : what === 'latch' ? 'nothing is latched' : 'it is not active'}`,
    because: [by],
    state: { line: String(e.line), latch: String(e.latch), active: String(e.active) },
  }));
  return true;
}

export const injectionIgnored: Rule = {
  id: 'vgic/injection-ignored',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_timer_update_irq, kvm_vgic_inject_irq, vgic_mmio_write_spending, vgic_mmio_change_active, vgic_queue_irq_unlock',
  summary: 'When a line, a pending or an active bit has just been set, it is so in KVM\'s own state, or the edge is latched.',
  needs: [['vgic.irq', 'vgic.void'], ['gic.in', 'gic.pend', 'gic.act', 'vgic.void']],
  on: {
    'vgic.void': ({ vid, cpu, level }, m, judge) => {
      const of = m.vgic.interrupts.named(vid, cpu);
      judge.breach({
        entity: of?.entity ?? `intid:${vid}`,
        sentence: `the timer of CPU ${cpu ?? '?'} set the line of vINTID ${vid} ${level === 1 ? 'high' : 'low'}, and the vCPU entered its guest without that KVM's GIC had been told`,
        because: [of?.drivenBy],
      });
    },
    'vgic.irq': (e, m, judge) => {
      if (judgeCause(e, m, judge) || e.set === undefined || e.line === undefined) return;
      const of = m.vgic.interrupts.named(e.vid, e.cpu);
      const by = of?.drivenBy;
      // Only what stands between an exit and the guest's next access tells that nobody else queues it; another thread may have set it since.
      const sure = m.ctx.channels.of('cpu.exit').shows(e.stream) && by?.level === e.set && by.tid === e.tid;
      const latched = e.latch === undefined ? U : known(e.latch);
      const taken = e.set === 1 ? or(known(e.line), latched) : not(known(e.line));
      judge.breachIf(and(not(taken), sure ? T : U), 'order', () => ({
        entity: of?.entity ?? `intid:${e.vid}`,
        sentence: `the line of vINTID ${e.vid} was set ${e.set === 1 ? 'high' : 'low'}, and in KVM's own state it is ${e.line === 1 ? 'high' : 'low'}${e.set === 1 ? ' with nothing latched' : ''}`,
        because: [by],
        state: { line: String(e.line), latch: String(e.latch) },
      }));
    },
  },
};
