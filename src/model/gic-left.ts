// Interrupts that are active, pending once more, and passed over by acknowledges of the CPU that took them: its software goes on without
// having ended them. Arm IHI 0048B, 3.2.4: an interrupt that is active and pending is not signalled.

import type { Event } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { GicCpu } from './gic-cpu.js';
import type { GicEvent } from './gic-event.js';
import type { GicInterrupt } from './gic-interrupt.js';
import { SPURIOUS } from './intids.js';
import { T } from './tri.js';

/** What made it pending after its priority drop, or where there was none its acknowledge. */
export function againBy(of: GicInterrupt): Event | undefined {
  if (of.active !== T || of.pending !== T || of.enabled !== T || !of.activeBy?.kind.endsWith('.iar')) return undefined;
  const since = of.heldByLine === T ? of.lineBy : of.latchBy;
  return since !== undefined && since.seq > (of.dropBy ?? of.activeBy).seq ? since : undefined;
}

export class Left {
  private readonly cpu: (cpu: Vcpu) => GicCpu;
  private readonly again = new Set<GicInterrupt>();
  /** The first acknowledge that passed it over. */
  private readonly passedBy = new Map<GicInterrupt, Event>();
  /** They were taken once more without a deactivation that shows: something unseen ends them. */
  private readonly unseen = new Set<GicInterrupt>();

  constructor(cpu: (cpu: Vcpu) => GicCpu) {
    this.cpu = cpu;
  }

  clear(): void {
    this.again.clear();
    this.passedBy.clear();
    this.unseen.clear();
  }

  /** Its state may have changed. */
  note(of: GicInterrupt): void {
    if (againBy(of) !== undefined) this.again.add(of);
    else if (this.again.delete(of)) this.passedBy.delete(of);
  }

  /** `taken`: what the acknowledge returns, as it was before. */
  acknowledge(e: GicEvent<'iar'>, taken: GicInterrupt | undefined): void {
    if (taken?.active === T) this.unseen.add(taken);
    for (const of of this.again) if (of !== taken && !this.passedBy.has(of) && this.isDue(of, e)) this.passedBy.set(of, e);
  }

  /** Each with the acknowledge. */
  all(): Iterable<readonly [GicInterrupt, Event]> {
    return [...this.passedBy].filter(([of]) => !this.unseen.has(of));
  }

  /** Would the CPU that took it find it if it were not active? Before its priority drop it keeps itself out, and what interrupts its handler may come first. */
  private isDue({ activeBy, dropBy, priority, group }: GicInterrupt, e: GicEvent<'iar'>): boolean {
    if (activeBy === undefined || !('cpu' in activeBy) || activeBy.cpu !== e.cpu) return false;
    if (dropBy === undefined) return e.id === SPURIOUS;
    const cpu = this.cpu(e.cpu);
    return priority !== undefined && cpu.unmasks(priority) && cpu.lets(priority, group);
  }
}
