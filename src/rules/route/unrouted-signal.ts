// A signal needs a route. KVM irqchip.c (kvm_set_irq returns -1 for a GSI without one; nothing is queued).

import type { Event, EventOf } from '../../event.js';
import type { Gsi } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import { U, not, type Tri } from '../../model/tri.js';
import type { Breach, Rule } from '../rule.js';

/** T if the GSI surely had no route at the event, or at the signal that led to it. */
function unrouted(gsi: Gsi, e: Event, m: Machine, cause?: EventOf<'efd.signal'>): Tri {
  const { by } = m.routes;
  const caused = by !== undefined && cause !== undefined && cause.stream === by.stream && cause.seq > by.seq && !m.ctx.unordered(by, cause);
  return by !== undefined && !caused && m.ctx.unordered(by, e) ? U : not(m.routes.routed(gsi));
}

/** The signal that a worker's request comes from. */
function causeOf(e: EventOf<'kvm.set_irq'>, m: Machine): EventOf<'efd.signal'> | undefined {
  const signal = m.routes.trail.behind(e);
  return signal !== undefined && e.ret === undefined && m.irqfds.gsiOf(signal) === e.gsi ? signal : undefined;
}

function showsWorkers(m: Machine): boolean {
  const requests = m.ctx.channels.of('kvm.set_irq');
  return requests.missing === 0 || requests.covered;
}

const lost = (gsi: Gsi, what: string, m: Machine, signal?: EventOf<'efd.signal'>): Breach => ({
  entity: `gsi:${gsi}`,
  sentence: `${what} while GSI ${gsi} has no route: the interrupt is dropped`,
  because: [m.routes.dropped(gsi)?.by ?? m.routes.by, ...m.irqfds.bindingsOf(gsi).map(({ by }) => by), signal],
  state: { 'route entries': String(m.routes.nr ?? 'unknown'), irqfds: m.irqfds.bindingsOf(gsi).map(({ fd }) => fd).join(' ') || 'none known' },
  unless: (later) => later.kind === 'kvm.routes',
});

export const unroutedSignal: Rule = {
  id: 'route/unrouted-signal',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM kvm_set_irq; Documentation/virt/kvm/api.rst, KVM_SET_GSI_ROUTING',
  summary: 'A GSI that is signalled has a route.',
  needs: ['kvm.routes', ['kvm.set_irq', 'efd.signal']],
  on: {
    'kvm.set_irq': (e, m, judge) => {
      if (e.level === 0) return;
      judge.breachIf(unrouted(e.gsi, e, m, causeOf(e, m)), 'route', () => lost(e.gsi, `source ${e.source} asserted its line`, m));
    },
    // Where kvm_set_irq is not recorded, the end of the irqfd or of the VM, which waits for the worker, shows that nothing came of its signal.
    'kvm.irqfd.deassign': (e, m, judge) => {
      if (showsWorkers(m) || e.ret !== 0) return;
      if (m.irqfds.bindingOfFd(e.fd)?.gsi !== e.gsi || !m.irqfds.identified) return judge.undecided('irqfd');
      const signal = m.irqfds.signals.dropped(e.gsi, e);
      if (signal !== undefined) judge.breachIf(unrouted(e.gsi, e, m), 'route', () => lost(e.gsi, 'its irqfd was signalled', m, signal));
    },
    'vm.close': (e, m, judge) => {
      if (showsWorkers(m) || !m.irqfds.identified) return;
      for (const [gsi, signal] of m.irqfds.signals.allDropped())
        judge.breachIf(unrouted(gsi, e, m), 'route', () => lost(gsi, 'its irqfd was signalled', m, signal));
    },
  },
};
