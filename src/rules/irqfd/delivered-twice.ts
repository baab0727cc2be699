// What KVM delivers in the signaller's context is not left to a worker as well. Linux virt/kvm/eventfd.c irqfd_wakeup, arch/x86/kvm/irq_comm.c
// kvm_arch_set_irq_inatomic.

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const deliveredTwice: Rule = {
  id: 'irqfd/delivered-twice',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_arch_set_irq_inatomic: -EWOULDBLOCK where nothing was delivered; irqfd_wakeup schedules irqfd_inject for that value alone',
  summary: 'A message that an irqfd has sent at once is not sent by a worker again.',
  needs: ['kvm.routed'],
  on: {
    'kvm.routed': (e, m, judge) => {
      if (e.atomic === 0 || e.ret >= 0 || e.msi === 0) return;
      const isDone = (e.taken ?? 0) > 0;
      if (!isDone) return judge.held();
      judge.breachIf(m.ctx.channels.of('apic.accept').hasShown(e.stream) ? T : U, 'apic.accept', () => ({
        entity: `gsi:${e.gsi}`,
        sentence: `the message of GSI ${e.gsi} was delivered as its irqfd was signalled, and the request returned ${e.ret}, so that a worker delivers it again`,
        state: { 'accepted by': String(e.taken), ret: String(e.ret) },
      }));
    },
  },
};
