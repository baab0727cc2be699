// One eventfd, one irqfd: a second assign is refused with EBUSY, on whatever GSI. KVM virt/kvm/eventfd.c kvm_irqfd_assign.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { T, U, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** A deassign that another thread has begun may have removed the first irqfd before it is told. */
function isSurelyBound(m: Machine, first: EventOf<'kvm.irqfd.assign'>, e: EventOf<'kvm.irqfd.assign'>): Tri {
  return m.irqfds.identified && first.tid === e.tid && first.vm === e.vm ? T : U;
}

export const duplicateBind: Rule = {
  id: 'irqfd/duplicate-bind',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_irqfd_assign returns -EBUSY for an eventfd that is already bound',
  summary: 'An eventfd is bound to one irqfd at a time.',
  needs: ['kvm.irqfd.assign', 'fd.close', 'fd.dup'],
  on: {
    'kvm.irqfd.assign': (e, m, judge) => {
      const first = m.irqfds.bindingOfFd(e.fd);
      if (first === undefined || e.ret !== 0) {
        if (m.irqfds.identified) judge.held();
        else judge.undecided('descriptors');
        return;
      }
      judge.breachIf(isSurelyBound(m, first.by, e), 'descriptors', () => ({
        entity: `irqfd:${e.fd}`,
        sentence: `KVM bound eventfd ${e.fd} to GSI ${e.gsi} although it is still bound to GSI ${first.gsi}: one signal makes two injections`,
        because: [first.by],
        state: { bound: `GSI ${first.gsi}` },
        unless: (later) => later.kind === 'kvm.irqfd.deassign' || later.kind === 'fd.close',
      }));
    },
  },
};
