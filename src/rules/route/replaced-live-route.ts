// A commit replaces the whole table: a live irqfd keeps its route. KVM kvm_set_irq_routing, kvm_irq_routing_update.

import { F, U, show } from '../../model/tri.js';
import { routeText } from '../../model/routing-table.js';
import type { Rule } from '../rule.js';
import { liveWithoutRoute } from './live-irqfd.js';

export const replacedLiveRoute: Rule = {
  id: 'route/replaced-live-route',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_SET_GSI_ROUTING replaces the table as a whole (kvm_set_irq_routing)',
  summary: 'A new GSI routing table keeps the routes of irqfds that are bound and live.',
  needs: ['kvm.routes', 'efd.signal'],
  on: {
    'efd.signal': (e, m, judge) => {
      const gsi = m.irqfds.gsiOf(e);
      if (gsi === undefined) return judge.undecided('irqfd');
      const dropped = m.routes.dropped(gsi);
      if (dropped === undefined) {
        const routed = m.routes.routed(gsi);
        if (routed === U) judge.undecided('route');
        else if (routed !== F) judge.held();
        return;
      }
      const live = m.ctx.unordered(dropped.by, e) ? U : liveWithoutRoute(m, gsi, e);
      judge.breachIf(live, 'msix.vcmask', () => ({
        entity: `gsi:${gsi}`,
        sentence: `the irqfd of GSI ${gsi} was signalled without a route: a new table of ${dropped.by.nr} entries had left out the one it had`,
        because: [...m.irqfds.bindingsOf(gsi).map(({ by }) => by), dropped.by],
        state: { 'route before': dropped.routes.map(routeText).join(','), 'route now': 'none', live: show(live) },
        unless: (later) => later.kind === 'kvm.routes',
      }));
    },
  },
};
