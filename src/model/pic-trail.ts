// What an 8259 pair tells right behind a command, and so because of it: no reset lies in between. QEMU hw/intc/i8259.c pic_ioport_write.

import type { Event } from '../event.js';

export class CommandTrail {
  private last: Event | undefined;

  /** A write to the pair. */
  begin(command: Event): void {
    this.last = command;
  }

  /** Something that the pair tells of itself. */
  pass(e: Event): void {
    if (this.follows(e)) this.last = e;
  }

  /** True if the thread of the event has told nothing but the pair's doings since its command. */
  follows(e: Event): boolean {
    return this.last !== undefined && this.last.seq === e.seq - 1 && this.last.tid === e.tid && this.last.stream === e.stream;
  }
}
