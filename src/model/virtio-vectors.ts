// The MSI-X vectors of a virtio function's queues and of its configuration changes, and which notifications may still be on their way.
// VIRTIO 1.2, 4.1.5.1.2 (MSI-X vector configuration); QEMU hw/virtio/virtio-pci.c.

import type { Event, EventOf } from '../event.js';
import { F, T, U, or, type Tri } from './tri.js';

/** VIRTIO_MSI_NO_VECTOR: no entry at all. */
export const NO_VECTOR = 0xffff;

export type Queue = number | 'cfg';
export type Notified = EventOf<'virtio.notify'> | EventOf<'virtio.config'>;

/** What has a vector of its own and asks for an interrupt; undefined if it is not told which queue. */
export const queueOf = (e: Notified): Queue | undefined => (e.kind === 'virtio.config' ? 'cfg' : e.q);

/** `may`: what it may hold; undefined is anything. */
interface Register {
  readonly may: readonly number[] | undefined;
  readonly by: Event;
}

/** Notifications of a queue whose interrupt may still come. */
export interface Outstanding {
  /** Upper bound: several may make one interrupt. */
  count: number;
  /** The vectors it may have had meanwhile; undefined is any. */
  may: readonly number[] | undefined;
  by: Notified;
}

export class VirtioVectors {
  private readonly registers = new Map<Queue, Register>();
  private readonly owing = new Map<Queue, Outstanding>();
  /** Registers that no event has touched hold NO_VECTOR. */
  private fresh: boolean;
  /** Nothing is on its way that is not listed. */
  private listed: boolean;
  /** The reset since which that is so. */
  resetBy: Event | undefined;
  /** A reset may not have come to its end: the registers hold what they held, or NO_VECTOR. */
  private draining = false;

  constructor(fresh: boolean) {
    this.fresh = this.listed = fresh;
  }

  /** Every register reads NO_VECTOR, once the reset has ended. */
  reset(e: Event): void {
    this.registers.clear();
    this.owing.clear();
    this.fresh = this.listed = this.draining = true;
    this.resetBy = e;
  }

  settle(): void {
    this.draining = false;
  }

  forget(): void {
    this.registers.clear();
    this.owing.clear();
    this.fresh = this.listed = this.draining = false;
    this.resetBy = undefined;
  }

  /** A refused vector reads NO_VECTOR: until it is read both are possible. */
  write(e: EventOf<'virtio.vec.write'>): void {
    this.learn(e.q, e.val === NO_VECTOR ? [NO_VECTOR] : [e.val, NO_VECTOR], e);
  }

  read(e: EventOf<'virtio.vec.read'>): void {
    // A read of whatever queue is selected says nothing of any one.
    if (e.q !== undefined) this.learn(e.q, [e.val], this.registers.get(e.q)?.by ?? e);
  }

  /** What last wrote the register. */
  by(q: Queue): Event | undefined {
    return this.registers.get(q)?.by;
  }

  /** What each register that was named may hold; undefined is anything. */
  get all(): [Queue, readonly number[] | undefined][] {
    return [...this.registers].map(([q, { may }]) => [q, may]);
  }

  /** Has nothing written the register since a reset? */
  untouched(q: Queue): boolean {
    return this.fresh && !this.registers.has(q);
  }

  /** Does the register hold the vector? */
  holds(q: Queue, vector: number): Tri {
    const may = this.may(q);
    if (may === undefined) return U;
    if (!may.includes(vector)) return F;
    return may.length === 1 ? T : U;
  }

  notify(e: Notified): void {
    const q = queueOf(e);
    if (q === undefined) {
      this.listed = false;
      return;
    }
    const now = this.owing.get(q);
    if (now === undefined) this.owing.set(q, { count: 1, may: this.may(q), by: e });
    else {
      now.count++;
      now.may = union(now.may, this.may(q));
      now.by = e;
    }
  }

  /** Notified queues whose interrupt may still come, the one notified last at the end. */
  get outstanding(): [Queue, Outstanding][] {
    return [...this.owing].sort(([, a], [, b]) => a.by.seq - b.by.seq);
  }

  /** May a notified queue have caused an interrupt of this vector? */
  explains(vector: number): Tri {
    const named = [...this.owing.values()].map(({ may }): Tri => (may === undefined || may.includes(vector) ? U : F));
    return named.reduce(or, this.listed ? F : U);
  }

  /** An interrupt of this vector came: if one queue alone can have caused it, one of its notifications is served. */
  serve(vector: number): void {
    const able = [...this.owing].filter(([, { may }]) => may === undefined || may.includes(vector));
    const [only, ...others] = able;
    if (only === undefined || others.length > 0) return;
    const [q, out] = only;
    if (--out.count === 0) this.owing.delete(q);
  }

  private may(q: Queue): readonly number[] | undefined {
    if (this.draining) return undefined;
    return this.registers.get(q)?.may ?? (this.untouched(q) ? [NO_VECTOR] : undefined);
  }

  private learn(q: Queue | undefined, may: readonly number[], by: Event): void {
    if (q === undefined) return this.learnSome(by);
    this.registers.set(q, { may, by });
    const out = this.owing.get(q);
    if (out !== undefined) out.may = union(out.may, may);
  }

  /** One of the queues has another vector now. */
  private learnSome(by: Event): void {
    const cfg = this.registers.get('cfg') ?? (this.fresh ? { may: [NO_VECTOR], by } : undefined);
    this.registers.clear();
    if (cfg !== undefined) this.registers.set('cfg', cfg);
    this.fresh = false;
    for (const out of this.owing.values()) out.may = undefined;
  }
}

const union = (a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined =>
  a === undefined || b === undefined ? undefined : [...new Set([...a, ...b])];
