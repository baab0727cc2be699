// Reads of a whole chip's state, taken by user space while the machine goes on: what changed meanwhile may be in it or not. Only one that nothing
// else happened near is worth comparing (KVM_GET_IRQCHIP, KVM_GET_LAPIC take no lock that holds the machine).

import type { Event } from '../event.js';
import type { Bracket } from '../import/ioctl/bracket.js';
import { STAMP_ERROR } from './input.js';

/** What another thread began so many ns before may not have taken effect. */
const UNDER_WAY = 50_000;

const READS: ReadonlySet<string> = new Set(['ioapic.rte.read', 'ioapic.dst.read', 'pic.read', 'apic.read']);

export const isSnapshot = ({ kind }: Event): boolean => READS.has(kind);

export class Quiet {
  /** When each thread did something last. */
  readonly #latest = new Map<number, number>();

  /** An event that is no snapshot's is given out; a call lasts until it returns. */
  happened({ kind, tid, ns }: Event, bracket: Bracket | undefined): void {
    if (!kind.startsWith('meta.')) this.#latest.set(tid, Math.max(ns, bracket?.t1 ?? ns));
  }

  /** False if something happened near the snapshot, or `next`, the time of the other streams' next event, lies within it. */
  around(snapshot: Event, { t0, t1 }: Bracket, next: number): boolean {
    if (next <= t1 + STAMP_ERROR) return false;
    for (const [tid, ns] of this.#latest) if ((tid < 0 || tid !== snapshot.tid) && ns > t0 - UNDER_WAY) return false;
    return true;
  }
}
