// Eventfds and the descriptors that name them. Linux fs/eventfd.c, dup(2), close(2). An irqfd is bound to the eventfd, never to the number:
// a closed number names something else at once, and a duplicate keeps the eventfd alive.

import type { EventOf } from '../event.js';
import type { Gsi } from '../ids.js';

/** One irqfd. */
export interface Binding {
  /** The descriptor it was assigned by. */
  readonly fd: number;
  readonly gsi: Gsi;
  /** Descriptor that is notified at the acknowledge; undefined for a plain irqfd. */
  readonly resample: number | undefined;
  readonly by: EventOf<'kvm.irqfd.assign'>;
  readonly eventfd: Eventfd;
}

export class Eventfd {
  /** Its creation is recorded: no descriptor from before the recording names it. */
  readonly isNew: boolean;
  /** Descriptors known to name it. */
  names = 1;
  binding: Binding | undefined;
  /** What made the counter non-zero while no irqfd drained it and nobody read it. */
  raised: EventOf<'efd.signal'> | EventOf<'fd.open'> | undefined;

  constructor(isNew: boolean) {
    this.isNew = isNew;
  }
}

export class Descriptors {
  private readonly eventfds = new Map<number, Eventfd>();

  named(fd: number): Eventfd | undefined {
    return this.eventfds.get(fd);
  }

  /** The eventfd of a number; one that was never recorded is older than the recording. */
  of(fd: number): Eventfd {
    let eventfd = this.eventfds.get(fd);
    if (eventfd === undefined) this.eventfds.set(fd, (eventfd = new Eventfd(false)));
    return eventfd;
  }

  open(e: EventOf<'fd.open'>): void {
    const eventfd = new Eventfd(true);
    if ((e.value ?? 0) > 0) eventfd.raised = e;
    this.eventfds.set(e.fd, eventfd);
  }

  dup(e: EventOf<'fd.dup'>): void {
    const eventfd = this.of(e.fd);
    eventfd.names++;
    this.eventfds.set(e.ret, eventfd);
  }

  /** The eventfd, if no descriptor known to name it is left. */
  close(fd: number): Eventfd | undefined {
    const eventfd = this.eventfds.get(fd);
    this.eventfds.delete(fd);
    if (eventfd === undefined) return undefined;
    eventfd.names--;
    return eventfd.names === 0 ? eventfd : undefined;
  }

  /** Whether anybody has read an eventfd is not known any more. */
  forgetCounters(): void {
    for (const eventfd of this.eventfds.values()) eventfd.raised = undefined;
  }

  clear(): void {
    this.eventfds.clear();
  }
}
