// KVM takes legal tables and no others. virt/kvm/irqchip.c (setup_routing_entry), arch/x86/kvm/irq_comm.c (kvm_set_routing_entry).

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { routeText } from '../../model/routing-table.js';
import { conflict, illegal } from '../../model/table-check.js';
import { F, T } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

/** KVM refuses a table for its contents with this and nothing else. */
const EINVAL = -22;

function judgeTaken(e: EventOf<'kvm.routes'>, m: Machine, judge: Judge): void {
  const table = m.routes.asked(e);
  judge.breachIf(illegal(table), 'map', () => {
    const gsi = conflict(table);
    const routes = gsi === undefined ? [] : (table.routes.get(gsi) ?? []);
    return {
      entity: 'routes',
      sentence: `KVM took a routing table in which GSI ${gsi} has the routes ${routes.map(routeText).join(' and ')}`,
      because: [m.routes.by],
      state: { nr: String(e.nr), ret: String(e.ret) },
    };
  });
}

/** A refusal is a fault only if every reason for one is known not to be there. */
function judgeRefused(e: EventOf<'kvm.routes'>, m: Machine, judge: Judge): void {
  const table = m.routes.asked(e);
  const over = m.routes.overLimit(e);
  if (illegal(table) === T || over === T) return judge.held();
  if (illegal(table) !== F) return judge.undecided('map');
  if (over !== F) return judge.undecided('limit');
  // Without an interrupt chip KVM takes no table at all, with a split one no pins.
  const pins = [...table.routes.values()].some((routes) => routes.some(({ type }) => type !== 'msi'));
  if (m.routes.by === undefined || (pins && m.ctx.config.irqchip !== 'full')) return judge.undecided('irqchip');
  judge.breach({
    entity: 'routes',
    sentence: `KVM refused a legal routing table of ${e.nr} entries with ${e.ret}`,
    because: [m.routes.by],
    state: { nr: String(e.nr), 'highest GSI': String(table.end - 1), limit: String(m.ctx.config.maxRoutes ?? 'unknown') },
  });
}

export const invalidTable: Rule = {
  id: 'route/invalid-table',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM setup_routing_entry, kvm_set_routing_entry',
  summary: 'A GSI has at most one route into each interrupt chip, or one message and nothing else; KVM takes such tables and refuses all others.',
  needs: ['kvm.routes'],
  on: {
    'kvm.routes': (e, m, judge) => {
      if (e.ret === undefined) return judge.undecided('ret');
      if (e.ret >= 0) judgeTaken(e, m, judge);
      else if (e.ret === EINVAL) judgeRefused(e, m, judge);
    },
  },
};
