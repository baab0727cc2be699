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

/** What software does at the registers. (Devices drive lines and send messages; an SGI may be of any CPU.) */
const ACCESSES = ['cfg', 'en', 'act', 'prio', 'group', 'route', 'pmr', 'bpr', 'grpen', 'eoimode', 'iar', 'eoir', 'dir', 'hppir', 'rpr', 'read', 'dist', 'ctlr', 'apr', 'iface'] as const;

type Access = GicEvent<(typeof ACCESSES)[number]>;

/** The table under the names of a view; behind its step each access is `accessed`. */
export function stepsOf(view: GicView, table: GicTable, accessed: Step<Access>): Steps {
  const steps = new Map<string, Step<never>>(Object.entries(table));
  for (const name of ACCESSES) {
    const step: Step<never> | undefined = steps.get(name);
    steps.set(name, step === undefined ? accessed : (e: never) => (step(e), accessed(e)));
  }
  return Object.fromEntries([...steps].map(([name, step]) => [`${view}.${name}`, step]));
}
