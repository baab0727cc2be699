// How often a vector was taken, by its ends: an EOI clears a bit in service, and only a request that was taken sets it. So two ends need
// two requests, whoever the injections between them seem to come from. Intel SDM vol. 3, APIC chapter; KVM kvm_get_apic_interrupt,
// apic_set_eoi. KVM traces an acceptance as it sets the request, and an injection after the take.

import type { Event, EventOf } from '../event.js';
import type { Vcpu, Vector } from '../ids.js';
import type { Component, Steps } from './component.js';
import { INIT } from './delivery.js';

const VECTORS = 256;

/** Of one vector on one CPU. */
interface Cycle {
  /** Requests since the latest injection, 2 for more than one or for not known. */
  requests: number;
  /** It has been injected, and no end has come since. */
  isOpen: boolean;
  /** The injection that came after the only request; none has come since. */
  spentBy: Event | undefined;
  /** The first end after that: now it is neither requested nor in service. */
  endedBy: Event | undefined;
  /** The injection after that. */
  retakenBy: Event | undefined;
}

export class Retakes implements Component {
  private readonly cycles = new Map<number, Cycle>();
  private fromReset = false;

  readonly steps: Steps = {
    'apic.accept': (e) => this.accept(e),
    'cpu.inject': (e) => this.inject(e),
    'apic.eoi': (e) => this.end(e),
    'kvm.set_lapic': ({ cpu, written }) => {
      if (written !== undefined) return;
      if (cpu === undefined) this.begin(false);
      else this.forget(cpu);
    },
  };

  begin(fromReset: boolean): void {
    this.cycles.clear();
    this.fromReset = fromReset;
  }

  lose(): void {
    this.begin(false);
  }

  /** The only request, its end and an injection since, if this EOI ends what nothing has requested. */
  unrequested(e: EventOf<'apic.eoi'>): readonly Event[] | undefined {
    const { spentBy, endedBy, retakenBy } = (e.vec === undefined || e.vec < 0 ? undefined : this.cycles.get(keyOf(e.cpu, e.vec))) ?? {};
    return spentBy === undefined || endedBy === undefined || retakenBy === undefined ? undefined : [spentBy, endedBy, retakenBy];
  }

  private of(cpu: Vcpu, vec: Vector): Cycle {
    const key = keyOf(cpu, vec);
    let cycle = this.cycles.get(key);
    if (cycle === undefined) this.cycles.set(key, (cycle = { requests: this.fromReset ? 0 : 2, isOpen: !this.fromReset, spentBy: undefined, endedBy: undefined, retakenBy: undefined }));
    return cycle;
  }

  private accept({ cpu, vec, dm }: EventOf<'apic.accept'>): void {
    if (dm === INIT) return this.forget(cpu);
    const cycle = this.of(cpu, vec);
    cycle.requests = Math.min(2, cycle.requests + 1);
    cycle.spentBy = cycle.endedBy = cycle.retakenBy = undefined;
  }

  private inject(e: EventOf<'cpu.inject'>): void {
    if (e.ext === 1) return;
    const cycle = this.of(e.cpu, e.vec);
    if (cycle.isOpen && e.sure === 0) {
      // Perhaps the one before once more, for which no request is taken.
      cycle.spentBy = undefined;
      cycle.requests = 2;
      return;
    }
    cycle.isOpen = true;
    if (cycle.requests === 1) {
      cycle.spentBy = e;
      cycle.endedBy = cycle.retakenBy = undefined;
    } else if (cycle.requests === 0 && cycle.endedBy !== undefined) cycle.retakenBy = e;
    // Injected once more before its end: it may be another's.
    else cycle.spentBy = undefined;
    cycle.requests = 0;
  }

  private end(e: EventOf<'apic.eoi'>): void {
    if (e.vec === undefined) return this.forget(e.cpu);
    const cycle = e.vec < 0 ? undefined : this.cycles.get(keyOf(e.cpu, e.vec));
    if (cycle === undefined) return;
    cycle.isOpen = false;
    if (cycle.spentBy === undefined) return;
    cycle.endedBy = e;
    cycle.retakenBy = undefined;
  }

  /** The APIC's state is replaced. */
  private forget(cpu: Vcpu): void {
    this.fromReset = false;
    for (const key of this.cycles.keys()) if (Math.floor(key / VECTORS) === cpu) this.cycles.delete(key);
  }
}

const keyOf = (cpu: Vcpu, vec: number): number => cpu * VECTORS + vec;
