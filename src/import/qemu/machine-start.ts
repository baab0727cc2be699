// Has the log shown all functions since they were reset together? Only then is one that it does not name none that a driver uses.
// Reset handlers of a PC lower the GSIs of timer, keyboard, mouse and clock in the order in which these are made (QEMU hw/i386/pc.c pc_basic_device_init);
// in a machine that runs, accesses of the guest's lie between.

const RESET_ORDER = [0, 1, 12, 8];

export class MachineStart {
  #next = 0;
  /** All functions have been reset within the log, and nothing has been lost since. */
  seen = false;
  /** The thread that reset the machine: QEMU's main loop. -1 unknown. */
  thread = -1;

  /** x86_gsi_interrupt. */
  line(gsi: number, level: 0 | 1, tid: number): void {
    if (level === 1 || gsi !== RESET_ORDER[this.#next]) return;
    this.#next++;
    if (this.#next < RESET_ORDER.length) return;
    this.seen = true;
    this.thread = tid;
  }

  /** The guest, or a test program, has accessed something. */
  accessed(): void {
    this.#next = 0;
  }

  lost(): void {
    this.#next = 0;
    this.seen = false;
  }
}
