// Once a deassign has returned, nothing of that irqfd injects any more. KVM virt/kvm/eventfd.c kvm_irqfd_deassign flushes before it returns.

import type { EventOf } from '../../event.js';
import type { Removal } from '../../model/irqfd-table.js';
import type { Machine } from '../../model/machine.js';
import { RESAMPLE, USERSPACE } from '../../model/sources.js';
import { F, T, U, and, not, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** Source 1 is the resample irqfds' own. Source 0 is user space's too: only a signal that nobody else took explains it. */
function isTheirs(m: Machine, { binding, by }: Removal, e: EventOf<'kvm.set_irq'>): Tri {
  // A log of calls may have ended before the trace of what they led to.
  const removed = by.stream !== e.stream || m.ctx.unordered(by, e) ? U : T;
  if (e.source === RESAMPLE) return and(removed, not(m.irqfds.hasResampler(e.gsi)));
  if (e.ret !== undefined) return F;
  const pending = m.irqfds.signals.pending(binding);
  const signalled = pending !== undefined && pending.seq > by.seq && m.ctx.channels.of('kvm.set_irq').declared ? T : U;
  return and(and(removed, signalled), and(not(m.irqfds.hasIrqfd(e.gsi)), not(m.irqfds.pulses.isDriven(e.gsi))));
}

export const injectionAfterDeassign: Rule = {
  id: 'irqfd/injection-after-deassign',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_irqfd_deassign: no more interrupts on the GSI once it returns',
  summary: 'An irqfd injects nothing after its deassign has returned.',
  needs: ['kvm.irqfd.deassign', 'kvm.set_irq'],
  on: {
    'kvm.irqfd.deassign': (e, m, judge) => {
      if (e.ret === 0 && m.irqfds.bindingOfFd(e.fd)?.gsi === e.gsi) judge.held();
    },
    'kvm.set_irq': (e, m, judge) => {
      if (e.level === 0 || (e.source !== USERSPACE && e.source !== RESAMPLE)) return;
      const removal = m.irqfds.removal(e.gsi, e.source === RESAMPLE ? 'resample' : 'plain');
      if (removal?.by.kind !== 'kvm.irqfd.deassign') return;
      const theirs = isTheirs(m, removal, e);
      if (theirs === F) return;
      judge.breachIf(theirs, 'irqfds', () => ({
        entity: `gsi:${e.gsi}`,
        sentence: `GSI ${e.gsi} was asserted by source ${e.source} although irqfd ${removal.binding.fd}, the last that could do it, has been deassigned`,
        because: [removal.binding.by, removal.by, m.irqfds.signals.pending(removal.binding)],
        state: { irqfds: 'none' },
        unless: (later) => later.kind === 'kvm.irqfd.assign' && later.gsi === e.gsi,
      }));
    },
  },
};
