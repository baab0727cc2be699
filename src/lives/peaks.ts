// How far a recording came to the limits of KVM: routes, irqfds, IRQ source ids, list registers in use at once.

import type { Event, EventOf } from '../event.js';

/** KVM_MAX_IRQ_ROUTES since Linux 4.20; 1024 before. */
const MAX_ROUTES = 4096;
/** BITS_PER_LONG of an x86-64 kernel (kvm_request_irq_source_id). */
const SOURCE_IDS = 64;

export interface Peak {
  readonly what: string;
  /** In use now and at most. */
  now: number;
  peak: number;
  /** Undefined where there is none but memory. */
  limit: number | undefined;
  /** The event of the peak. */
  at: Event | undefined;
}

const peak = (what: string, limit: number | undefined): Peak => ({ what, now: 0, peak: 0, limit, at: undefined });

function use(of: Peak, now: number, at: Event): void {
  of.now = now;
  if (now <= of.peak) return;
  of.peak = now;
  of.at = at;
}

export class Peaks {
  readonly #routes = peak('GSI routes', MAX_ROUTES);
  readonly #irqfds = peak('irqfds', undefined);
  readonly #sources = peak('IRQ source ids', SOURCE_IDS);
  readonly #bound = new Set<string>();
  readonly #allocated = new Set<number>();

  feed(events: readonly Event[]): void {
    for (const event of events) this.#take(event);
  }

  /** Resources that the recording shows in use. */
  get all(): readonly Peak[] {
    return [this.#routes, this.#irqfds, this.#sources].filter((each) => each.peak > 0);
  }

  #take(e: Event): void {
    if (e.kind === 'meta.cfg') this.#routes.limit = e.maxRoutes ?? this.#routes.limit;
    else if (e.kind === 'kvm.routes' && (e.ret ?? 0) >= 0) use(this.#routes, e.nr, e);
    else if (e.kind === 'kvm.irqfd.assign' && e.ret === 0) this.#bind(e);
    else if (e.kind === 'kvm.irqfd.deassign' && e.ret === 0) this.#unbind(e);
    else if (e.kind === 'kvm.src.alloc' && e.ret >= 0) use(this.#sources, this.#allocated.add(e.ret).size, e);
    else if (e.kind === 'kvm.src.free') this.#allocated.delete(e.id);
  }

  #bind(e: EventOf<'kvm.irqfd.assign'>): void {
    use(this.#irqfds, this.#bound.add(`${e.fd} ${e.gsi}`).size, e);
  }

  #unbind(e: EventOf<'kvm.irqfd.deassign'>): void {
    this.#bound.delete(`${e.fd} ${e.gsi}`);
    this.#irqfds.now = this.#bound.size;
  }
}
