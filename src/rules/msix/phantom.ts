// Pending bits that read 1 although the model knows them to be clear: which rule they break depends on what last cleared them.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { Cleared, MsixEntry } from '../../model/msix-entry.js';
import { shownBits } from '../../model/msix-pending.js';
import { U, not } from '../../model/tri.js';
import type { Judge } from '../rule.js';
import { excuses, gates, history } from './state.js';

interface Phantoms {
  readonly e: EventOf<'msix.pba.read'>;
  readonly m: Machine;
  readonly judge: Judge;
  /** Is a bit that was cleared for this reason the rule's? */
  readonly applies: (cleared: Cleared | undefined) => boolean;
  readonly sentence: (entry: MsixEntry) => string;
}

export function judgePhantoms({ e, m, judge, applies, sentence }: Phantoms): void {
  const fn = m.msix.of(e.fn);
  for (const { entry, bit } of shownBits(fn, e)) {
    if (!applies(entry.cleared)) continue;
    // A row that nothing has touched may lie beyond the table.
    const phantom = fn.firedNear(entry, e) || fn.has(entry.number) === U ? U : not(fn.pending(entry, e));
    if (bit === 0) judge.held();
    else
      judge.breachIf(phantom, 'fire', () => ({
        entity: entry.entity,
        sentence: sentence(entry),
        because: history(fn, entry),
        state: gates(fn, entry),
        unless: excuses(e.fn, entry.number),
      }));
  }
}
