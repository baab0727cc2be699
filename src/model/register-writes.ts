// When a guest's write to its GIC has been done. KVM tells of it first, does it then, and only then runs the guest of that thread again;
// what other threads do meanwhile may find the old or the new. Linux arch/arm64/kvm/mmio.c, io_mem_abort.

import type { Event } from '../event.js';

interface Run {
  readonly seq: number;
  readonly ns: number;
}

export class RegisterWrites {
  /** By thread: its latest write, if it has not run its guest since. */
  private readonly open = new Map<number, Event>();
  /** By thread: when it ran its guest first behind its latest write of a register, and when it ran it last. */
  private readonly done = new Map<number, Run>();
  private readonly ran = new Map<number, Run>();

  clear(): void {
    this.open.clear();
    this.done.clear();
    this.ran.clear();
  }

  begin(e: Event): void {
    if (e.tid > 0) this.open.set(e.tid, e);
  }

  /** The thread enters its guest. */
  runs(e: Event): void {
    if (e.tid <= 0) return;
    const run = { seq: e.seq, ns: e.ns };
    this.ran.set(e.tid, run);
    if (this.open.delete(e.tid)) this.done.set(e.tid, run);
  }

  /** Has what `by` writes been written when `e` comes? */
  isDone(by: Event, e: Event): boolean {
    return by.stream === e.stream && by.tid > 0 && (by.tid === e.tid || this.end(by) !== undefined);
  }

  /** The same of a read, of which only the end is told: its thread has run the guest since. */
  isReadable(by: Event, e: Event): boolean {
    if (by.stream !== e.stream || by.tid <= 0) return false;
    const end = this.end(by);
    return by.tid === e.tid || (end !== undefined && (this.ran.get(e.tid)?.seq ?? -1) > end.seq);
  }

  /** Was it written more than `ns` before `e`, which another recorder may tell? */
  isDoneBefore(by: Event, e: Event, ns: number): boolean {
    const end = this.end(by);
    return end !== undefined && end.ns < e.ns - ns;
  }

  private end(by: Event): Run | undefined {
    const run = this.done.get(by.tid);
    return run !== undefined && run.seq > by.seq ? run : undefined;
  }
}
