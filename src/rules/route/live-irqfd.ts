// An irqfd that a commit left without a route: whether somebody still expects its interrupts.

import type { Event } from '../../event.js';
import type { Gsi } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import type { Dropped } from '../../model/routes.js';
import { F, T, U, and, not, or, type Tri } from '../../model/tri.js';

/** T if the GSI has lost its route while an irqfd was bound whose interrupt is enabled. */
export function liveWithoutRoute(m: Machine, gsi: Gsi, e: Event): Tri {
  const dropped = m.routes.dropped(gsi);
  if (dropped === undefined) return F;
  const bound = m.irqfds.bindingsOf(gsi).filter(({ by }) => by.seq < dropped.by.seq);
  if (bound.length === 0) return m.irqfds.hasIrqfd(gsi) === U ? U : F;
  const resampling = bound.some(({ resample }) => resample !== undefined) ? T : F;
  return and(and(not(m.routes.routed(gsi)), m.irqfds.hasIrqfd(gsi)), or(resampling, enabled(m, dropped, e)));
}

/** May the MSI-X entry that the route belonged to send? */
function enabled(m: Machine, { routes }: Dropped, e: Event): Tri {
  for (const route of routes) {
    if (route.type !== 'msi' || route.fn === undefined || route.entry === undefined) continue;
    const fn = m.msix.of(route.fn);
    return fn.liveSurely(fn.peek(route.entry), e);
  }
  // A mask that nobody has written masks nothing; whose entry it is otherwise cannot be told.
  const writes = m.ctx.channels.of('msix.write');
  return writes.declared && writes.seen === 0 ? T : U;
}
