// Changes under way: a register write or an EOI is traced when it begins and takes effect some time later on the same thread.
// KVM traces kvm_mmio before the device sees the write, and kvm_eoi before the IOAPIC clears Remote IRR. Until the change has landed both the
// old and the new state are possible for everybody else.

import type { Event } from '../event.js';
import type { Kind } from '../kinds.js';

/** What a thread shows while it still works on an EOI: acknowledge notifiers, de-assertion, resampling, re-delivery. */
const EOI_CHAIN: ReadonlySet<Kind> = new Set([
  'kvm.ack',
  'kvm.set_irq',
  'kvm.routed',
  'ioapic.in',
  'pic.in',
  'kvm.resample',
  'efd.signal',
  'ioapic.deliver',
  'ioapic.eoi',
  'ioapic.cleared',
  'ioapic.delay',
  'apic.accept',
  'kvm.msi',
  'vfio.unmask',
]);
/** A change still under way after this many ns has landed: handling is synchronous, only a preempted thread takes long. */
export const LANDED_AFTER = 10_000_000;

interface Flight {
  readonly by: Event;
  readonly through: ReadonlySet<Kind>;
  readonly land: () => void;
}

const NOTHING: ReadonlySet<Kind> = new Set();

export class Flights {
  /** By thread: an event asks for those of its own thread alone. */
  private readonly byThread = new Map<number, Flight[]>();
  /** When the one that has been under way longest began, or earlier. */
  private oldest = Infinity;

  get any(): boolean {
    return this.byThread.size > 0;
  }

  /** Is a change that the event began still under way? */
  has(by: Event | undefined): boolean {
    return [...this.byThread.values()].some((own) => own.some((flight) => flight.by === by));
  }

  /** A register write: lands when its thread shows anything else. Without a thread it takes effect at once. */
  write(by: Event, land: () => void): void {
    this.start({ by, through: NOTHING, land });
  }

  /** An EOI: lands when its thread shows something that is not part of handling it. */
  eoi(by: Event, land: () => void): void {
    this.start({ by, through: EOI_CHAIN, land });
  }

  /** Lands what the event shows to be over; the loop calls this before judging it. */
  advance(event: Event): void {
    const landed = event.ns - this.oldest > LANDED_AFTER ? this.expire(event) : this.takeOver(event.tid, event);
    for (const flight of landed) flight.land();
  }

  /** The state they would have changed is no longer known. */
  clear(): void {
    this.byThread.clear();
    this.oldest = Infinity;
  }

  private start(flight: Flight): void {
    const { tid, ns } = flight.by;
    if (tid < 0) return flight.land();
    const own = this.byThread.get(tid);
    if (own === undefined) this.byThread.set(tid, [flight]);
    else own.push(flight);
    if (ns < this.oldest) this.oldest = ns;
  }

  /** Some may have landed because so much time has gone by: all threads are looked at. */
  private expire(event: Event): Flight[] {
    const landed = [...this.byThread.keys()].flatMap((tid) => this.takeOver(tid, event));
    this.oldest = Math.min(Infinity, ...[...this.byThread.values()].flat().map(({ by }) => by.ns).filter((ns) => !Number.isNaN(ns)));
    return landed.sort((a, b) => a.by.seq - b.by.seq);
  }

  /** Takes out what the event shows to be over of a thread. */
  private takeOver(tid: number, event: Event): Flight[] {
    const own = this.byThread.get(tid);
    if (own === undefined) return [];
    const landed = own.filter((flight) => isOver(flight, event));
    if (landed.length === own.length) this.byThread.delete(tid);
    else if (landed.length > 0) this.byThread.set(tid, own.filter((flight) => !landed.includes(flight)));
    return landed;
  }
}

function isOver({ by, through }: Flight, event: Event): boolean {
  if (event.ns - by.ns > LANDED_AFTER) return true;
  return event.tid === by.tid && !through.has(event.kind);
}
