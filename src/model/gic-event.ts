// Events of a GIC whichever view tells them: `gic.*`, the guest's or the only one, and `pgic.*`, the physical one under a hypervisor.

import type { EventOf } from '../event.js';
import type { GicName } from '../kinds.js';
import type { Step, Steps } from './component.js';

export type GicView = 'gic' | 'pgic';

/** An event `gic.N` or `pgic.N`. */
export type GicEvent<N extends GicName> = EventOf<`${GicView}.${N}`>;

/** Changes one interrupt. */
export type Change = GicEvent<'in' | 'cfg' | 'en' | 'pend' | 'act' | 'prio' | 'group' | 'route'>;

/** A step for each kind of event that changes something. */
export type GicTable = { readonly [N in GicName]?: Step<GicEvent<N>> };

/** The table under the names of a view. */
export function stepsOf(view: GicView, table: GicTable): Steps {
  return Object.fromEntries(Object.entries(table).map(([name, step]) => [`${view}.${name}`, step]));
}
