// Which vectors a device model has declared used, and how often. QEMU hw/pci/msix.c msix_vector_use, msix_vector_unuse.

import type { Event } from '../event.js';
import type { Entry } from '../ids.js';

interface Use {
  /** Undefined while unknown. */
  readonly count: number | undefined;
  readonly by: Event;
}

export class VectorUses {
  private readonly uses = new Map<Entry, Use>();
  /** Vectors that no event has touched are unused. */
  private restUnused: boolean;
  private allBy: Event | undefined;

  constructor(restUnused: boolean) {
    this.restUnused = restUnused;
  }

  count(entry: Entry): number | undefined {
    const use = this.uses.get(entry);
    return use === undefined ? (this.restUnused ? 0 : undefined) : use.count;
  }

  /** What last changed the count. */
  by(entry: Entry): Event | undefined {
    return this.uses.get(entry)?.by ?? this.allBy;
  }

  change(entry: Entry, by: 1 | -1, e: Event): void {
    const count = this.count(entry);
    this.uses.set(entry, { count: count === undefined ? undefined : Math.max(0, count + by), by: e });
  }

  unuseAll(e: Event): void {
    this.uses.clear();
    this.restUnused = true;
    this.allBy = e;
  }

  forget(): void {
    this.uses.clear();
    this.restUnused = false;
    this.allBy = undefined;
  }
}
