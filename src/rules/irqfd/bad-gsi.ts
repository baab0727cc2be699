// Only KVM_SET_GSI_ROUTING checks a GSI: an irqfd beyond the table's limit is taken and can never be routed. KVM virt/kvm/eventfd.c kvm_irqfd_assign.

import type { Rule } from '../rule.js';

export const badGsi: Rule = {
  id: 'irqfd/bad-gsi',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM API, KVM_SET_GSI_ROUTING and KVM_CAP_IRQ_ROUTING; kvm_irqfd_assign checks no GSI',
  summary: 'An irqfd is bound to a GSI that the routing table can hold.',
  needs: ['kvm.irqfd.assign', 'meta.cfg'],
  on: {
    'kvm.irqfd.assign': (e, m, judge) => {
      if (e.ret !== 0) return;
      const { maxRoutes } = m.ctx.config;
      if (maxRoutes === undefined) judge.undecided('maxRoutes');
      else if (e.gsi < maxRoutes) judge.held();
      else
        judge.breach({
          entity: `gsi:${e.gsi}`,
          sentence: `irqfd ${e.fd} was bound to GSI ${e.gsi}, but a routing table ends at GSI ${maxRoutes - 1}: its signals can never be routed`,
          because: [m.routes.by],
          state: { maxRoutes: String(maxRoutes) },
        });
    },
  },
};
