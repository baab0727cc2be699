// To which CPUs an interrupt goes. Arm IHI 0048B, GICD_ITARGETSRn; IHI 0069, GICD_IROUTER<n>.

import type { Vcpu } from '../ids.js';
import type { GicEvent } from './gic-event.js';
import { F, T, U, type Tri } from './tri.js';

/** CPUs that a bit mask can name. */
const MASKED_CPUS = 8;

export class GicTargets {
  /** Whose, for SGIs and PPIs. */
  private readonly own: Vcpu | undefined;
  /** The latest write. */
  by: GicEvent<'route'> | undefined;
  private target: Vcpu | undefined;
  private mask: number | undefined;
  /** CPUs that acknowledged it since it was routed last. */
  private readonly takers = new Set<Vcpu>();
  /** The CPU that acknowledged it last. */
  taker: Vcpu | undefined;

  constructor(own: Vcpu | undefined) {
    this.own = own;
  }

  route(e: GicEvent<'route'>): void {
    this.by = e;
    this.target = e.cpu;
    this.mask = e.targets;
    this.takers.clear();
  }

  /** What reads otherwise was written unseen. */
  readBack(e: GicEvent<'read'>): void {
    if ((e.targets === undefined || e.targets === this.by?.targets) && (e.to === undefined || e.to === this.by?.cpu)) return;
    this.forget();
  }

  forget(): void {
    this.by = this.target = this.mask = undefined;
    this.takers.clear();
  }

  takenBy(cpu: Vcpu): void {
    this.takers.add(cpu);
    this.taker = cpu;
  }

  /** Is it signalled to that CPU? */
  includes(cpu: Vcpu): Tri {
    const only = this.own ?? this.target;
    if (only !== undefined) return only === cpu ? T : F;
    if (this.mask !== undefined) return cpu < MASKED_CPUS && ((this.mask >> cpu) & 1) === 1 ? T : F;
    return this.takers.has(cpu) ? T : U;
  }

  /** Does it go to one CPU at most? */
  get isSingle(): boolean {
    if (this.own !== undefined || this.target !== undefined) return true;
    return this.mask !== undefined && this.mask !== 0 && (this.mask & (this.mask - 1)) === 0;
  }
}
