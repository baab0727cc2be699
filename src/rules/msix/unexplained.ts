// Messages that neither a live fire nor a Pending bit explains: which rule they break depends on what last cleared the bit.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { MsixEntry } from '../../model/msix-entry.js';
import type { MsixFunction } from '../../model/msix-function.js';
import { F, and, not } from '../../model/tri.js';
import type { Judge } from '../rule.js';
import { excuses, gates, history } from './state.js';

/** `reason`: withdrawn before it was sent. `sent`: it was unmasked again after its pending message had gone. */
type Why = 'reason' | 'sent' | 'nothing';

interface Unexplained {
  readonly e: EventOf<'msix.msg'>;
  readonly m: Machine;
  readonly judge: Judge;
  /** The cause that makes the message the rule's. */
  readonly why: Why;
  readonly sentence: (entry: MsixEntry) => string;
}

/** Messages whose sender is not known, or that break another rule, are left alone. */
export function judgeUnexplained({ e, m, judge, why, sentence }: Unexplained): void {
  const fn = m.msix.of(e.fn);
  const entry = m.msix.senderOf(e);
  if (typeof entry === 'string' || whyOf(fn, entry) !== why) return;
  if (fn.has(entry.number) === F || fn.maySend(entry, e) === F || fn.holds(entry, e) === F) return;
  judge.breachIf(and(fn.liveAt(entry, e), not(fn.flying(entry, e))), 'fire', () => ({
    entity: entry.entity,
    sentence: sentence(entry),
    because: history(fn, entry),
    state: gates(fn, entry),
    unless: excuses(e.fn, entry.number),
  }));
}

function whyOf(fn: MsixFunction, { cleared, pendingBy, maskBy }: MsixEntry): Why {
  if (cleared === 'reason') return 'reason';
  const unmasked = Math.max(maskBy?.seq ?? -1, fn.fmaskBy?.seq ?? -1, fn.enableBy?.seq ?? -1);
  return cleared === 'sent' && pendingBy !== undefined && unmasked > pendingBy.seq ? 'sent' : 'nothing';
}
