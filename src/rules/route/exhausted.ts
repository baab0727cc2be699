// There is room in the routing table. KVM_MAX_IRQ_ROUTES; virt/kvm/kvm_main.c (KVM_SET_GSI_ROUTING), irqchip.c (kvm_set_irq_routing).

import type { Event } from '../../event.js';
import type { RoutingTable } from '../../model/routing-table.js';
import type { Rule } from '../rule.js';

const ENOSPC = -28;
/** Owners a finding names. */
const TOP = 5;

/** Who has the most GSIs: functions where the table names them, else kinds of route. */
function owners({ routes }: RoutingTable): string {
  const counts = new Map<string, number>();
  for (const [route] of routes.values()) {
    if (route === undefined) continue;
    const owner = route.type === 'msi' ? (route.fn ?? 'msi') : route.type;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, TOP)
    .map(([owner, count]) => `${owner} ${count}`)
    .join(', ');
}

export const routeExhausted: Rule = {
  id: 'route/exhausted',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_SET_GSI_ROUTING: at most KVM_MAX_IRQ_ROUTES entries, GSIs below it',
  summary: 'A new GSI routing table has room within the limit of the kernel.',
  needs: ['kvm.routes'],
  on: {
    'kvm.routes': (e, m, judge) => {
      if (e.ret === undefined) return;
      if (e.ret >= 0) return judge.held();
      const table = m.routes.asked(e);
      const size = `${e.nr} entries${table.complete ? ` up to GSI ${table.end - 1}` : ''}`;
      judge.breachIf(m.routes.overLimit(e), 'limit', () => ({
        entity: 'routes',
        sentence: `a routing table of ${size} was refused with ${e.ret}: the kernel takes ${m.ctx.config.maxRoutes ?? 'at most 4096'}`,
        because: [m.routes.by],
        state: { nr: String(e.nr), limit: String(m.ctx.config.maxRoutes ?? 'unknown'), owners: owners(table) },
      }));
    },
    'msix.use': (e, m, judge) => {
      if (e.ret !== ENOSPC) return;
      const by: Event | undefined = m.routes.by;
      judge.breach({
        entity: 'routes',
        sentence: `vector ${e.vec} of ${e.fn} got no GSI route (${e.ret})`,
        because: [by],
        state: { nr: String(m.routes.nr ?? 'unknown'), limit: String(m.ctx.config.maxRoutes ?? 'unknown') },
      });
    },
  },
};
