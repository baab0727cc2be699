// Host interrupt handlers, and VFIO's among them (drivers/vfio/pci/vfio_pci_intrs.c).

import type { Journal } from './journal.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';

export class Handlers {
  readonly #journal: Journal;
  readonly #threads: Threads;
  /** What each CPU is handling: the VFIO function's address, empty for other handlers, undefined for none. */
  readonly #running: (string | undefined)[] = [];
  /** CPUs that handle the timer of the guest they run. */
  readonly #guestTimers: boolean[] = [];
  /** Handlers are recorded. */
  #isShown = false;

  constructor(journal: Journal, threads: Threads) {
    this.#journal = journal;
    this.#threads = threads;
  }

  /** irq_handler_entry; `intx` is the function of `name=vfio-intx(...)`, `guestTimer` tells of `name=kvm guest vtimer`. */
  entered(intx: string, guestTimer: boolean): void {
    this.#isShown = true;
    this.#running[this.#journal.on] = intx;
    this.#guestTimers[this.#journal.on] = guestTimer;
  }

  left(): void {
    this.#running[this.#journal.on] = undefined;
    this.#guestTimers[this.#journal.on] = false;
  }

  /** The CPU does what no handler does: the latest one has returned, whether or not its irq_handler_exit is recorded. */
  outside(): void {
    if (this.#running[this.#journal.on] !== undefined) this.left();
  }

  /** True if the CPU is surely in no handler. */
  get isOutside(): boolean {
    return this.#isShown && this.#running[this.#journal.on] === undefined;
  }

  /** True in the handler of a guest's timer. */
  get inGuestTimer(): boolean {
    return this.#guestTimers[this.#journal.on] === true;
  }

  /** vfio_intx_handler: masks the function and signals. */
  vfioIntx(irq: number): void {
    const j = this.#journal;
    this.#threads.current().device = true;
    const dev = this.#running[j.on];
    j.say({ kind: 'vfio.irq', dev: dev === undefined || dev === '' ? `irq${irq}` : dev });
  }

  /** vfio_msihandler: signals. */
  vfioMsi(): void {
    this.#threads.current().device = true;
  }

  masked(dev: string): void {
    const j = this.#journal;
    j.say({ kind: 'vfio.mask', dev });
  }

  unmasked(dev: string): void {
    const j = this.#journal;
    j.say({ kind: 'vfio.unmask', dev });
  }

  /** True if an eventfd signal of the thread comes from a handler that interrupted it. */
  takesSignal(thread: Thread): boolean {
    const device = thread.device || this.#running[this.#journal.on] !== undefined;
    thread.device = false;
    return device;
  }

  forget(): void {
    this.#running.length = this.#guestTimers.length = 0;
  }
}
