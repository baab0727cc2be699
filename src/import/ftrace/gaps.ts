// Losses that a text tells before the next event of what lost them. A gap ends there: what other streams show until then lies within it.

import type { KvmAssembler } from '../kvm/assembler.js';
import type { LossMark } from './marks.js';

export class Gaps {
  #open: { readonly mark: LossMark; readonly line: number }[] = [];

  add(mark: LossMark, line: number): void {
    this.#open.push({ mark, line });
  }

  /** The next event is at hand, or the end. */
  tell(kvm: KvmAssembler): void {
    if (this.#open.length === 0) return;
    const { journal } = kvm;
    const { line, on, tid } = journal;
    for (const { mark, line: at } of this.#open) {
      journal.line = at;
      journal.on = mark.cpu ?? -1;
      journal.tid = -1;
      journal.name = mark.what;
      kvm.lost(mark.cpu, mark.n);
    }
    this.#open = [];
    journal.line = line;
    journal.on = on;
    journal.tid = tid;
  }
}
