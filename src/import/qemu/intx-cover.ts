// What a log with x86_gsi_interrupt shows of INTx: every move of any wire, by the line that it sets.

import type { Journal } from '../kvm/journal.js';

const WHOLE = ['intx.assert', 'intx.deassert', 'intx.line'] as const;

export class LineCover {
  readonly #journal: Journal;
  #declared = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** A line has come. */
  declare(): void {
    if (this.#declared) return;
    this.#declared = true;
    this.#journal.say({ kind: 'meta.cfg', lineEcho: 1 });
    for (const chan of WHOLE) this.#journal.say({ kind: 'meta.chan', chan, cover: 'full' });
  }
}
