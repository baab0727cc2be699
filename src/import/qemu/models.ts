// What single device models print of their interrupts: e1000e and nvme. QEMU 7.2 hw/net/e1000e_core.c, hw/nvme/ctrl.c.

import type { Journal } from '../kvm/journal.js';
import type { MsixRegions } from './msix.js';

/** The vector of nvme's admin queue. */
const ADMIN = 0;

export class Models {
  readonly #journal: Journal;
  readonly #msix: MsixRegions;
  /** It has been told that withdrawn reasons are shown, and that an e1000e uses all its vectors. */
  #declared = false;
  #used = false;

  constructor(journal: Journal, msix: MsixRegions) {
    this.#journal = journal;
    this.#msix = msix;
  }

  /** e1000e_msix_notify_one calls msix_notify: the message comes at once, or the Pending bit is set. */
  e1000eFires(row: number): void {
    this.#use();
    this.#msix.fires('e1000e', row);
  }

  /** Any other of its lines: those that clear Pending bits are recorded, too. */
  e1000eShown(): void {
    this.#declare();
  }

  e1000eWithdraws(row: number): void {
    this.#declare();
    this.#msix.withdraws('e1000e', row);
  }

  /** A command of the admin queue may have deleted completion queues, which gives their vectors back. */
  nvmeFires(row: number): void {
    this.#declare();
    const fn = this.#msix.firing('nvme');
    if (row === ADMIN && fn !== undefined) this.#msix.releases(fn);
    this.#msix.fires('nvme', row);
  }

  #declare(): void {
    if (this.#declared) return;
    this.#declared = true;
    this.#journal.tell({ ...this.#journal.stamp(), kind: 'meta.chan', chan: 'msix.reason.clear', cover: 'full' });
  }

  /** e1000e declares all its vectors used when it is made, and keeps them. */
  #use(): void {
    const fn = this.#used ? undefined : this.#msix.firing('e1000e')?.name;
    if (fn === undefined) return;
    this.#used = true;
    this.#journal.tell({ ...this.#journal.stamp(), kind: 'meta.cfg', fn, use_tracking: 0 });
  }
}
