// How far a recording came to the limits of KVM and of a GIC: routes, irqfds, IRQ source ids, list registers in use at once.

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

/** The list registers of one vCPU, as one recorder shows them. Linux vgic_flush_lr_state, vgic_fold_lr_state; Arm IHI 0069, ICH_VTR_EL2.ListRegs. */
class ListRegisters {
  readonly peak: Peak;
  readonly stream: number;
  readonly cpu: number;
  readonly #used = new Set<number>();

  constructor({ stream, cpu }: { readonly stream: number; readonly cpu: number }) {
    this.stream = stream;
    this.cpu = cpu;
    this.peak = peak(`list registers of vCPU ${cpu}`, undefined);
  }

  flush(e: EventOf<'vgic.flush'>): void {
    if (e.st === 'I') this.#used.delete(e.lr);
    else this.#used.add(e.lr);
    use(this.peak, this.#used.size, e);
  }

  /** Read back, and so not in use: one, or all of them. */
  fold(lr?: number): void {
    if (lr === undefined) this.#used.clear();
    else this.#used.delete(lr);
    this.peak.now = this.#used.size;
  }
}

export class Peaks {
  readonly #routes = peak('GSI routes', MAX_ROUTES);
  readonly #irqfds = peak('irqfds', undefined);
  readonly #sources = peak('IRQ source ids', SOURCE_IDS);
  readonly #bound = new Set<string>();
  readonly #allocated = new Set<number>();
  /** By stream and vCPU. */
  readonly #lists = new Map<string, ListRegisters>();
  /** List registers of a vCPU, where that is told. */
  #nrLr: number | undefined;

  feed(events: readonly Event[]): void {
    for (const event of events) this.#take(event);
  }

  /** Resources that the recording shows in use. */
  get all(): readonly Peak[] {
    return [this.#routes, this.#irqfds, this.#sources, ...this.#listRegisters()].filter((each) => each.peak > 0);
  }

  #take(e: Event): void {
    if (e.kind === 'meta.cfg') this.#configure(e);
    else if (e.kind === 'vgic.flush') this.#listsOf(e).flush(e);
    else if (e.kind === 'vgic.fold') this.#listsOf(e).fold(e.lr);
    else if (e.kind === 'meta.lost') this.#lose(e);
    else if (e.kind === 'kvm.routes' && (e.ret ?? 0) >= 0) use(this.#routes, e.nr, e);
    else if (e.kind === 'kvm.irqfd.assign' && e.ret === 0) this.#bind(e);
    else if (e.kind === 'kvm.irqfd.deassign' && e.ret === 0) this.#unbind(e);
    else if (e.kind === 'kvm.src.alloc' && e.ret >= 0) use(this.#sources, this.#allocated.add(e.ret).size, e);
    else if (e.kind === 'kvm.src.free') this.#allocated.delete(e.id);
  }

  #configure(e: EventOf<'meta.cfg'>): void {
    this.#routes.limit = e.maxRoutes ?? this.#routes.limit;
    this.#nrLr = e.nrLr ?? this.#nrLr;
  }

  #listsOf({ stream, cpu }: EventOf<'vgic.flush'> | EventOf<'vgic.fold'>): ListRegisters {
    const key = `${stream} ${cpu}`;
    const lists = this.#lists.get(key) ?? new ListRegisters({ stream, cpu });
    this.#lists.set(key, lists);
    return lists;
  }

  /** What was read back meanwhile is not known: none is taken to be in use. */
  #lose({ stream }: Event): void {
    for (const lists of this.#lists.values()) if (lists.stream === stream) lists.fold();
  }

  /** In the order of the vCPUs; where several recorders show them, each by itself. */
  #listRegisters(): Peak[] {
    const all = [...this.#lists.values()].sort((a, b) => a.stream - b.stream || a.cpu - b.cpu);
    const isShared = new Set(all.map(({ stream }) => stream)).size > 1;
    return all.map(({ peak: of, stream }) => ({ ...of, what: isShared ? `${of.what} (file ${stream + 1})` : of.what, limit: this.#nrLr }));
  }

  #bind(e: EventOf<'kvm.irqfd.assign'>): void {
    use(this.#irqfds, this.#bound.add(`${e.fd} ${e.gsi}`).size, e);
  }

  #unbind(e: EventOf<'kvm.irqfd.deassign'>): void {
    this.#bound.delete(`${e.fd} ${e.gsi}`);
    this.#irqfds.now = this.#bound.size;
  }
}
