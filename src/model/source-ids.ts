// IRQ source ids: which are allocated, and who owns them. KVM irq_comm.c (kvm_request_irq_source_id, kvm_free_irq_source_id);
// level irqfds and eoifds that own one as in the KVM_EOIFD patches, which were never merged.

import type { Event, EventOf } from '../event.js';
import { sourceId, type SourceId } from '../ids.js';
import type { Context } from './context.js';
import { F, T, U, type Tri } from './tri.js';

/** User space and plain irqfds. */
export const USERSPACE = sourceId(0);
/** All resample irqfds of the VM. */
export const RESAMPLE = sourceId(1);
/** BITS_PER_LONG of a 64-bit host; no kernel has more ids. */
export const MOST_IDS = 64;
/** KVM_IRQFD_FLAG_LEVEL of those patches: the irqfd owns the source id that is its key. */
const LEVEL = 4;

interface Allocation {
  readonly state: Tri;
  /** What set it. */
  readonly by: Event | undefined;
}

/** The irqfds and eoifds that keep a source id allocated. */
interface Owner {
  /** Descriptors; of an irqfd with its GSI. */
  readonly irqfds: Map<number, number>;
  readonly eoifds: Set<number>;
  readonly by: Event;
  /** The last of them went, and something waited for the clean-up after it. */
  goneBy: Event | undefined;
  flushedBy: Event | undefined;
  /** A duplicate of a descriptor may keep it. */
  kept: boolean;
}

export class SourceIds {
  private readonly ctx: Context;
  private readonly seen = new Map<SourceId, Allocation>();
  private readonly owners = new Map<SourceId, Owner>();
  private fromReset = false;
  private closed = false;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(fromReset: boolean): void {
    this.seen.clear();
    this.owners.clear();
    this.fromReset = fromReset;
    this.closed = false;
  }

  close(): void {
    this.closed = true;
  }

  /** Is the VM being closed? Then nothing is owed to it. */
  get closing(): Tri {
    if (this.closed) return T;
    return this.fromReset && this.ctx.channels.of('vm.close').declared ? F : U;
  }

  /** Are all of so many ids known to be taken? */
  isFull(bits: number): boolean {
    const own = this.allocated().filter(([id]) => id > RESAMPLE);
    return own.length + RESAMPLE + 1 >= bits;
  }

  /** Ids 0 and 1 are reserved, 1 since there are resample irqfds. */
  of(id: SourceId): Allocation {
    const seen = this.seen.get(id);
    if (seen !== undefined) return seen;
    if (id === USERSPACE) return { state: T, by: undefined };
    const complete = this.fromReset && this.ctx.channels.of('kvm.src.alloc').declared;
    return { state: complete && id !== RESAMPLE ? F : U, by: undefined };
  }

  /** Ids known to be allocated, with what allocated them. */
  allocated(): [SourceId, Event | undefined][] {
    return [...this.seen].filter(([, { state }]) => state === T).map(([id, { by }]) => [id, by]);
  }

  /** Ids still allocated although all that owned them is gone and cleaned up. */
  leaked(): [SourceId, Owner][] {
    return [...this.owners].filter(([id, owner]) => owner.flushedBy !== undefined && this.of(id).state === T);
  }

  alloc(e: EventOf<'kvm.src.alloc'>): void {
    if (e.ret < 0) return;
    const id = sourceId(e.ret);
    this.seen.set(id, { state: T, by: e });
    this.owners.delete(id);
    this.closed = false;
  }

  free(e: EventOf<'kvm.src.free'>): void {
    this.seen.set(e.id, { state: F, by: e });
    this.owners.delete(e.id);
  }

  /** A freed id in use: it has been allocated unseen, or the use was reported. */
  used(id: SourceId): void {
    if (this.seen.size > 0 && this.seen.get(id)?.state === F) this.seen.set(id, { state: U, by: undefined });
  }

  assign(e: EventOf<'kvm.irqfd.assign'>): void {
    if (e.ret !== 0) return;
    this.flush(e);
    if ((e.flags & LEVEL) !== 0 && e.key !== undefined) this.owner(sourceId(e.key), e).irqfds.set(e.fd, e.gsi);
  }

  deassign(e: EventOf<'kvm.irqfd.deassign'>): void {
    if (e.ret !== 0) return;
    for (const owner of this.owners.values()) if (owner.irqfds.get(e.fd) === e.gsi) this.drop(owner, owner.irqfds, e);
    this.flush(e);
  }

  bindEoifd(e: EventOf<'kvm.eoifd.assign'>): void {
    if (e.ret === 0) this.owner(sourceId(e.key), e).eoifds.add(e.fd);
  }

  unbindEoifd(e: EventOf<'kvm.eoifd.deassign'>): void {
    const owner = this.owners.get(sourceId(e.key));
    if (e.ret === 0 && owner !== undefined) this.drop(owner, owner.eoifds, e);
  }

  closeFd(e: EventOf<'fd.close'>): void {
    const { fd } = e;
    for (const owner of this.owners.values()) {
      if (fd === undefined) owner.kept = true;
      else for (const held of [owner.irqfds, owner.eoifds]) this.drop(owner, held, { ...e, fd });
    }
  }

  dup(e: EventOf<'fd.dup'>): void {
    for (const owner of this.owners.values()) owner.kept ||= owner.irqfds.has(e.fd) || owner.eoifds.has(e.fd);
  }

  private owner(id: SourceId, by: Event): Owner {
    let owner = this.owners.get(id);
    if (owner === undefined) {
      owner = { irqfds: new Map(), eoifds: new Set(), by, goneBy: undefined, flushedBy: undefined, kept: false };
      this.owners.set(id, owner);
    }
    owner.goneBy = owner.flushedBy = undefined;
    return owner;
  }

  private drop(owner: Owner, held: { delete(fd: number): boolean }, e: Event & { readonly fd: number }): void {
    if (held.delete(e.fd) && !owner.kept && owner.irqfds.size + owner.eoifds.size === 0) owner.goneBy = e;
  }

  /** Assigning and deassigning wait for the clean-up queue. */
  private flush(e: Event): void {
    for (const owner of this.owners.values()) if (owner.goneBy !== undefined) owner.flushedBy ??= e;
  }
}
