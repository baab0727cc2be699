// A rule of the GIC judges both views of it alike: the guest's, or the only one, and the physical one under a hypervisor.

import type { Event } from '../../event.js';
import type { GicCpu } from '../../model/gic-cpu.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { GicInterrupt } from '../../model/gic-interrupt.js';
import type { Gic } from '../../model/gic.js';
import type { Machine } from '../../model/machine.js';
import { T } from '../../model/tri.js';
import type { GicName } from '../../kinds.js';
import type { Handler, Judge, Need, Rule } from '../rule.js';

type Handlers = NonNullable<Rule['on']>;

/** Handlers of the events `gic.NAME` and `pgic.NAME`. */
export function onGics<N extends GicName>(name: N, handle: (e: GicEvent<N>, gic: Gic, judge: Judge, m: Machine) => void): Handlers {
  const guest: Handler<GicEvent<N>> = (e, m, judge) => handle(e, m.gic, judge, m);
  const physical: Handler<GicEvent<N>> = (e, m, judge) => handle(e, m.pgic, judge, m);
  return Object.fromEntries([
    [`gic.${name}`, guest],
    [`pgic.${name}`, physical],
  ]);
}

/** How a finding names the interrupt: physical ones apart. */
export const entityOf = (gic: Gic, entity: string): string => (gic.view === 'pgic' ? `p${entity}` : entity);

/** Names of what a CPU interface runs, latest last. */
export const showRunning = (cpu: GicCpu): string => [cpu.bottomless ? ['?'] : [], cpu.running.map(({ id }) => String(id))].flat().join(' ') || 'none';

export const showPriority = (priority: number | undefined): string => (priority === undefined ? 'unknown' : `0x${priority.toString(16)}`);

/** What makes an interrupt pending: of SGIs and LPIs no line tells. Whether those of its class would show, the model knows. */
export const MADE_PENDING: Need = ['gic.in', 'pgic.in', 'gic.pend', 'pgic.pend'];

/** Events that a reader needs to see why it is pending. */
export const pendingBy = (of: GicInterrupt): readonly (Event | undefined)[] => [of.enabledBy, of.heldByLine === T ? of.lineBy : of.latchBy];
