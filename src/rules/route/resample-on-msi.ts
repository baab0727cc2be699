// A message has no end of interrupt to wait for. KVM eventfd.c (irqfd_wakeup sends the message and de-asserts nothing).

import { and, not, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const RESAMPLE = 2;

export const resampleOnMsi: Rule = {
  id: 'route/resample-on-msi',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM_IRQFD with KVM_IRQFD_FLAG_RESAMPLE (Documentation/virt/kvm/api.rst): for level-triggered GSIs',
  summary: 'A resampling irqfd is bound to a GSI whose route is a pin of an interrupt chip.',
  needs: ['kvm.routes', 'kvm.irqfd.assign'],
  on: {
    'kvm.irqfd.assign': (e, m, judge) => {
      if ((e.flags & RESAMPLE) === 0 || e.ret !== 0) return;
      const message = m.routes.isMsi(e.gsi);
      // A VMM with the IOAPIC in user space may signal the resamplefd itself.
      const byVmm: Tri = m.ctx.config.splitResampleUser ?? 0;
      judge.breachIf(and(message, not(byVmm)), 'route', () => ({
        entity: `irqfd:${e.fd}`,
        sentence: `irqfd ${e.fd} was bound with a resamplefd to GSI ${e.gsi}, whose route is a message: the resamplefd never fires`,
        because: [m.routes.by],
        state: { 'route is a message': show(message), flags: String(e.flags) },
      }));
    },
  },
};
