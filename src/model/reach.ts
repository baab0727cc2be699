// Whether a recorder shows what is done outside the threads of the VM's process: idle CPUs, kworkers and vhost request interrupts, too, and
// trace-cmd record -P, perf record -p and set_event_pid hide them. What an idle CPU did shows that nobody is left out; a single thread has nobody else.

import type { Event } from '../event.js';

const IDLE = 0;

export class Reach {
  private thread: number | undefined;
  private several = false;
  private idle = false;

  note({ tid }: Event): void {
    if (tid === IDLE) this.idle = true;
    else if (tid > 0 && this.thread === undefined) this.thread = tid;
    else if (tid > 0 && tid !== this.thread) this.several = true;
  }

  /** False if a filter by process may have hidden the requests of others. */
  get isWhole(): boolean {
    return this.idle || !this.several;
  }
}
