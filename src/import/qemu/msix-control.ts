// Does the log show what becomes of MSI-X Message Control? Its writes are lines of configuration spaces, whose sizes nobody prints; what they leave is a
// line of its own (QEMU hw/pci/msix.c msix_write_config), which may not be recorded.

import type { Journal } from '../kvm/journal.js';
import type { PciFunction } from './pci-function.js';

export class ControlLines {
  readonly #journal: Journal;
  #isShown = false;
  #isPartial = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The line has come behind its write. */
  shown(): void {
    this.#isShown = true;
    if (this.#isPartial) this.#cover('full');
    this.#isPartial = false;
  }

  /** A write may have changed it, and no line has told so; or a line tells of a write that is not there. */
  missed(fn: PciFunction): void {
    if (this.#isShown) return;
    fn.msixEnabled = undefined;
    if (!this.#isPartial) this.#cover('partial');
    this.#isPartial = true;
  }

  #cover(cover: 'full' | 'partial'): void {
    this.#journal.say({ kind: 'meta.chan', chan: 'msix.ctrl', cover });
  }
}
