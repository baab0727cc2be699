// Which MSI-X entries virtio functions fire: that of the queue that was notified. VIRTIO 1.2, 4.1.5.1.2; QEMU hw/virtio/virtio.c virtio_notify_vector,
// hw/virtio/virtio-pci.c virtio_pci_notify. virtio_notify sends at once; after virtio_notify_irqfd QEMU's main loop sends, and if no message has come
// when it must have, the entry has fired all the same.

import type { Journal } from '../kvm/journal.js';
import { SERVED_AFTER } from './main-loops.js';
import type { MsixRegions } from './msix.js';
import type { PciFunction } from './pci-function.js';

const NO_VECTOR = 0xffff;

/** What a function asked for that QEMU's main loop has still to send. */
interface Waiting {
  /** The thread that asked. */
  readonly tid: number;
  readonly rows: Set<number>;
  accesses: number;
}

export class VirtioFires {
  readonly #journal: Journal;
  readonly #msix: MsixRegions;
  /** Entries by queue. */
  readonly #rows = new Map<PciFunction, Map<number, number>>();
  readonly #waiting = new Map<PciFunction, Waiting>();
  readonly #told = new Set<PciFunction>();

  constructor(journal: Journal, msix: MsixRegions) {
    this.#journal = journal;
    this.#msix = msix;
  }

  lost(): void {
    this.#rows.clear();
    this.#waiting.clear();
  }

  /** A queue has this vector from now on; undefined: which one it has is not known. */
  set(fn: PciFunction, q: number, row: number | undefined): void {
    this.cancel(fn);
    const rows = this.#rows.get(fn) ?? new Map<number, number>();
    this.#rows.set(fn, rows);
    if (row === undefined || row === NO_VECTOR) rows.delete(q);
    else rows.set(q, row);
  }

  /** Its queues have no vectors, or nobody knows which. */
  reset(fn: PciFunction): void {
    this.#rows.delete(fn);
    this.cancel(fn);
  }

  /** What it asked for may not come, or has come. */
  cancel(fn: PciFunction): void {
    if (this.#waiting.size > 0) this.#waiting.delete(fn);
  }

  /** The queue is notified; `later`: by the main loop. */
  notified(fn: PciFunction, q: number | undefined, later: boolean): void {
    const row = q === undefined || fn.msixEnabled !== true ? undefined : this.#rows.get(fn)?.get(q);
    // No Pending bit of a virtio function goes because its reason does.
    if (row !== undefined) this.#msix.showsReasons();
    if (row === undefined) this.cancel(fn);
    else if (!later) this.#fire(fn, row);
    else {
      const { tid } = this.#journal;
      const rows = this.#waiting.get(fn)?.rows ?? new Set();
      this.#waiting.set(fn, { tid, rows: rows.add(row), accesses: 0 });
    }
  }

  /** The thread at hand sends some device's message. */
  messaged(): void {
    for (const [fn, { tid }] of this.#waiting) if (tid === this.#journal.tid) this.#waiting.delete(fn);
  }

  /** The thread at hand, QEMU's main loop, serves one more access. */
  served(): void {
    for (const [fn, waiting] of this.#waiting) {
      if (waiting.tid !== this.#journal.tid || ++waiting.accesses < SERVED_AFTER) continue;
      this.#waiting.delete(fn);
      for (const row of waiting.rows) this.#fire(fn, row);
    }
  }

  /** A vector is in use as soon as a queue has it; changes of the configuration fire without a line. */
  #fire(fn: PciFunction, row: number): void {
    if (!this.#told.has(fn)) {
      this.#told.add(fn);
      this.#journal.say({ kind: 'meta.cfg', fn: fn.name, use_tracking: 0, unseen_fires: 1 });
    }
    this.#msix.mustFire(fn, row);
  }
}
