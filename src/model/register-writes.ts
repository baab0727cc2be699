// When a guest's write to its GIC has been done. KVM tells of it first, does it then, and only then runs the guest of that thread again;
// what other threads do meanwhile may find the old or the new. Linux arch/arm64/kvm/mmio.c, io_mem_abort.

import type { Event } from '../event.js';

/** Of one thread. */
interface Doings {
  /** It has written, and not run its guest since. */
  open: boolean;
  /** When it ran its guest first behind its latest write, and when it ran it last. */
  done: Event | undefined;
  ran: Event | undefined;
}

export class RegisterWrites {
  private readonly threads = new Map<number, Doings>();

  clear(): void {
    this.threads.clear();
  }

  begin(e: Event): void {
    if (e.tid > 0) this.of(e.tid).open = true;
  }

  /** The thread enters its guest. */
  runs(e: Event): void {
    if (e.tid <= 0) return;
    const thread = this.of(e.tid);
    thread.ran = e;
    if (!thread.open) return;
    thread.open = false;
    thread.done = e;
  }

  /** Has what `by` writes been written when `e` comes? */
  isDone(by: Event, e: Event): boolean {
    return by.stream === e.stream && by.tid > 0 && (by.tid === e.tid || this.end(by) !== undefined);
  }

  /** The same of a read, of which only the end is told: its thread has run the guest since. */
  isReadable(by: Event, e: Event): boolean {
    if (by.stream !== e.stream || by.tid <= 0) return false;
    const end = this.end(by);
    return by.tid === e.tid || (end !== undefined && (this.threads.get(e.tid)?.ran?.seq ?? -1) > end.seq);
  }

  /** Was it written more than `ns` before `e`, which another recorder may tell? */
  isDoneBefore(by: Event, e: Event, ns: number): boolean {
    const end = this.end(by);
    return end !== undefined && end.ns < e.ns - ns;
  }

  private end(by: Event): Event | undefined {
    const done = this.threads.get(by.tid)?.done;
    return done !== undefined && done.seq > by.seq ? done : undefined;
  }

  private of(tid: number): Doings {
    let thread = this.threads.get(tid);
    if (thread === undefined) this.threads.set(tid, (thread = { open: false, done: undefined, ran: undefined }));
    return thread;
  }
}
