// Does the routing table grow each time a function gives its MSI-X vectors back? QEMU hw/pci/msix.c (msix_vector_use, msix_unuse_all_vectors).

import type { EventOf } from '../event.js';
import type { Entry } from '../ids.js';

/** Cycles of giving back and growing that count as a leak. */
const CYCLES = 3;

/** What has come since a function gave its vectors back. */
interface PlugCycle {
  readonly fn: string;
  readonly by: EventOf<'msix.unuse_all'>;
  /** Entries of the table at that time, and vectors given back. */
  readonly nr: number;
  readonly given: number;
  /** Vectors taken into use since, by any function. */
  taken: number;
  /** Cycles in a row that ended with a larger table, this one included once it has. */
  grown: number;
  hasGrown: boolean;
  /** The commits that showed the growth, and what gave the vectors back before them. */
  readonly evidence: readonly (EventOf<'msix.unuse_all'> | EventOf<'kvm.routes'>)[];
}

export class RouteGrowth {
  private readonly used = new Map<string, Set<Entry>>();
  private readonly cycles = new Map<string, PlugCycle>();

  clear(): void {
    this.used.clear();
    this.cycles.clear();
  }

  use(e: EventOf<'msix.use'>): void {
    if (e.ret < 0) return;
    let used = this.used.get(e.fn);
    if (used === undefined) this.used.set(e.fn, (used = new Set()));
    if (used.has(e.vec)) return;
    used.add(e.vec);
    for (const cycle of this.cycles.values()) cycle.taken++;
  }

  unuse(e: EventOf<'msix.unuse'>): void {
    this.used.get(e.fn)?.delete(e.vec);
  }

  release(e: EventOf<'msix.unuse_all'>, nr: number | undefined): void {
    const before = this.cycles.get(e.fn);
    const given = this.used.get(e.fn)?.size ?? 0;
    this.used.delete(e.fn);
    this.cycles.delete(e.fn);
    if (nr === undefined) return;
    const goesOn = before?.hasGrown === true;
    const evidence = goesOn ? [...before.evidence, e] : [e];
    this.cycles.set(e.fn, { fn: e.fn, by: e, nr, given, taken: 0, grown: goesOn ? before.grown : 0, hasGrown: false, evidence });
  }

  /** Another function that comes up may need routes of its own. */
  enable(e: EventOf<'msix.ctrl'> | EventOf<'msi.ctrl'>): void {
    if (e.enable === 0) return;
    for (const fn of this.cycles.keys()) if (fn !== e.fn) this.cycles.delete(fn);
  }

  /** Cycles whose growth this commit makes a leak. */
  leaks(e: EventOf<'kvm.routes'>): PlugCycle[] {
    return [...this.cycles.values()].filter((cycle) => grows(cycle, e) && cycle.grown + 1 >= CYCLES);
  }

  commit(e: EventOf<'kvm.routes'>): void {
    for (const cycle of this.cycles.values()) {
      if (e.nr < cycle.nr || (grows(cycle, e) && cycle.grown + 1 >= CYCLES)) this.cycles.delete(cycle.fn);
      else if (grows(cycle, e)) this.cycles.set(cycle.fn, { ...cycle, grown: cycle.grown + 1, hasGrown: true, evidence: [...cycle.evidence, e] });
    }
  }
}

/** More entries than before, and more than the vectors taken since explain. */
const grows = ({ hasGrown, nr, given, taken }: PlugCycle, e: EventOf<'kvm.routes'>): boolean =>
  !hasGrown && e.nr > nr && e.nr > nr - given + taken;
