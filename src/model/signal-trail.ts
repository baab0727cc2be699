// The eventfd that each thread signalled last: KVM sends the message of an MSI route in the signaller's context (eventfd.c irqfd_wakeup).

import type { Event, EventOf } from '../event.js';

/** A log of calls may not tell who made them. */
const NO_THREAD = -1;

export class SignalTrail {
  private readonly latest = new Map<number, EventOf<'efd.signal'>>();

  signal(e: EventOf<'efd.signal'>): void {
    this.latest.set(e.tid, e);
  }

  /** The signal that this thread's message, or this worker's request, may have come from. */
  behind(e: EventOf<'kvm.msi'> | EventOf<'kvm.set_irq'>): EventOf<'efd.signal'> | undefined {
    return this.latest.size === 0 ? undefined : (this.latest.get(e.tid) ?? this.latest.get(NO_THREAD));
  }

  /** What the thread does next is not the signal's consequence any more. */
  passed(e: Event): void {
    if (this.latest.size === 0) return;
    this.latest.delete(e.tid);
    this.latest.delete(NO_THREAD);
  }

  clear(): void {
    this.latest.clear();
  }
}
