// How full the routing table is. KVM_CAP_IRQ_ROUTING tells the limit.

import type { Rule } from '../rule.js';

/** Of the limit, in percent. */
const NEAR = 90;

export const nearLimit: Rule = {
  id: 'route/near-limit',
  severity: 'info',
  class: 'resource',
  clause: 'KVM_MAX_IRQ_ROUTES, as KVM_CAP_IRQ_ROUTING tells it',
  summary: 'No more than 90 % of the GSI routing table is used.',
  needs: ['kvm.routes'],
  on: {
    'kvm.routes': (e, m, judge) => {
      const { maxRoutes } = m.ctx.config;
      if (maxRoutes === undefined) return judge.undecided('limit');
      if (e.ret === undefined || e.ret < 0) return;
      if (e.nr * 100 <= maxRoutes * NEAR) return judge.held();
      if (judge.repeats('routes')) return;
      judge.breach({
        entity: 'routes',
        sentence: `the routing table has ${e.nr} entries, the limit is ${maxRoutes}`,
        because: [m.routes.by],
        state: { nr: String(e.nr), 'nr before': String(m.routes.nr ?? 'unknown'), limit: String(maxRoutes) },
      });
    },
  },
};
