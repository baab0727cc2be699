// Resets of the machine, which have no line of their own in most logs: what reset handlers do tells of them, and no access of the guest's lies between.
// Those of a PC lower the GSIs of timer, keyboard, mouse and clock in the order in which these are made, the last three in a row (QEMU hw/i386/pc.c pc_basic_device_init);
// functions lose BARs without a write (hw/pci/pci.c pci_do_device_reset). Where phases of resets are traced, that of the system bus is one's own line. What a snapshot restores has no lines but BARs that come without one.

import type { Journal } from '../kvm/journal.js';

const RESET_ORDER = [0, 1, 12, 8];

export class MachineResets {
  readonly #journal: Journal;
  /** What each part of the importer remembers of registers is out of date. */
  readonly #forget: () => void;
  #next = 0;
  /** The thread of the GSIs at hand. */
  #tid = -1;
  /** The guest has run since the log began, or since the latest reset. */
  #isRunning = false;
  #wasReset = false;
  /** By lines that only a reset of the whole machine prints. */
  #wasWhole = false;
  #wasRestored = false;
  /** A test program in a CPU's place has found the machine as its latest reset left it. */
  isFresh = false;
  /** All functions have been reset within the log, and nothing has been lost since. */
  seen = false;
  /** Resets seen, and whether a snapshot has been restored since the latest. */
  count = 0;
  isRestored = false;
  /** The thread that reset the machine: QEMU's main loop. -1 unknown. */
  thread = -1;
  #told = false;

  constructor(journal: Journal, forget: () => void) {
    this.#journal = journal;
    this.#forget = forget;
  }

  /** x86_gsi_interrupt. A machine that has shown one reset by these lines shows all. */
  line(gsi: number, level: 0 | 1, tid: number): void {
    if (tid !== this.#tid) this.#next = 0;
    const fits = level === 0 && gsi === RESET_ORDER[this.#next];
    // Whatever else moves before the keyboard's is let pass.
    if (!fits && this.#next > 1) this.#next = 0;
    if (!fits) return;
    this.#tid = tid;
    this.#next++;
    if (this.#next < RESET_ORDER.length) return;
    this.#shown(tid, this.#isRunning || this.seen);
  }

  /** The system bus was reset, with all that hangs on it: nothing but a reset of the machine does that (hw/core/reset.c, hw/core/resettable.c). */
  root(tid: number): void {
    this.#shown(tid, true);
  }

  #shown(tid: number, isNew: boolean): void {
    this.#next = 0;
    this.thread = tid;
    this.#wasWhole = true;
    this.#happened(isNew);
    if (this.#told) return;
    this.#told = true;
    this.#journal.say({ kind: 'meta.chan', chan: 'vm.reset', cover: 'full' });
  }

  /** A function has lost a BAR without an order. */
  unmapped(): void {
    this.#happened(this.#isRunning);
  }

  /** A function has got a BAR without an order. */
  mapped(): void {
    if (!this.#isRunning) this.#wasRestored = this.isRestored = true;
  }

  /**
   * The guest, or a test program, has accessed something: which of the chips were reset before their lines, and which after, is not told. No input gets
   * through to a masked IOAPIC; but a guest may be one that was loaded without a line, and a test program, which QEMU's main loop serves, is not.
   * `cpu`: of the vCPU that did, -1 for none, undefined if the line does not tell. True if the main loop surely did.
   */
  accessed(cpu: number | undefined): boolean {
    this.#next = 0;
    const { tid } = this.#journal;
    const isReset = tid === this.thread;
    if (!this.#isRunning) this.#runs(isReset && (cpu ?? -1) < 0);
    return cpu === undefined ? isReset && tid >= 0 : cpu < 0;
  }

  #runs(driven: boolean): void {
    this.#isRunning = true;
    this.isFresh = this.#wasWhole && !this.#wasRestored && driven;
    if (this.isFresh) this.#journal.say({ kind: 'vm.reset', state: 'unknown', sure: 'ioapic' });
    else if (this.#wasRestored) this.#journal.say({ kind: 'vm.restore' });
    else if (this.#wasReset) this.#journal.say({ kind: 'vm.reset', state: 'unknown' });
    // Of a machine that runs since before the log an access that prints a chip's line first may be the first.
    else return;
    this.#wasReset = this.#wasWhole = this.#wasRestored = false;
    this.#forget();
  }

  lost(): void {
    this.#next = 0;
    this.seen = this.isFresh = this.#wasWhole = false;
  }

  /** Nothing is known yet that the first one, before the guest has run, could have changed. */
  #happened(isNew: boolean): void {
    if (isNew) {
      this.#wasReset = true;
      this.#journal.say({ kind: 'vm.reset', state: 'unknown' });
    }
    this.#isRunning = this.isRestored = this.isFresh = false;
    this.count++;
    this.seen = true;
  }
}
