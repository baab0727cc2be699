// What a read of a pending or an active register contradicts, and which rule says so: each wrong bit is one rule's.

import type { Event } from '../../event.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { GicInterrupt } from '../../model/gic-interrupt.js';
import type { Gic } from '../../model/gic.js';
import { FIRST_LPI, FIRST_SPI } from '../../model/intids.js';
import { F, T, U, show, showTrigger, type Tri } from '../../model/tri.js';
import type { Breach, Judge } from '../rule.js';
import { entityOf, pendingBy } from './views.js';

type WrongPending = 'level' | 'cleared-level' | 'edge' | 'other';
type WrongActive = 'other-cpu' | 'ended' | 'other';

/** Is the interrupt pending, as far as the read can tell? A bit that reads 0 may be that of a machine that was reset, which nobody need record. */
export function pendingAt(e: GicEvent<'read'>, gic: Gic, of: GicInterrupt): Tri {
  return mayBeReset(e.pend, latest(pendingBy(of)), e, gic) || isHidden(e.pend, e, gic, of) ? U : pendingState(gic, of);
}

/** Which rule a bit breaks depends on the trigger, or on what was active when the line rose: where neither is known nothing is said. */
function pendingState(gic: Gic, of: GicInterrupt): Tri {
  const isPlaced = of.latch === T || of.heldByLine === T || of.active === F;
  return of.pending === T && !isPlaced ? U : gic.sight.pending(of);
}

/** Is it active, as far as the read can tell? */
export const activeAt = (e: GicEvent<'read'>, gic: Gic, of: GicInterrupt): Tri => (mayBeReset(e.act, of.activeBy, e, gic) || isHidden(e.act, e, gic, of) ? U : of.active);

const latest = (events: readonly (Event | undefined)[]): Event | undefined => events.reduce((last, each) => (each !== undefined && each.seq > (last?.seq ?? -1) ? each : last), undefined);

const mayBeReset = (bit: 0 | 1 | undefined, by: Event | undefined, e: GicEvent<'read'>, gic: Gic): boolean => bit === 0 && by !== undefined && !gic.distributor.isSame(by, e);

/** Registers show nothing of it to the other Security state. */
const isHidden = (bit: 0 | 1 | undefined, e: GicEvent<'read'>, gic: Gic, of: GicInterrupt): boolean => bit === 0 && gic.distributor.veils(e, of);

/** Undefined if the bit is right or nothing can be said. */
export function wrongPending(e: GicEvent<'read'>, gic: Gic, of: GicInterrupt): WrongPending | undefined {
  if (e.pend === undefined) return undefined;
  const pending = pendingState(gic, of);
  if (e.pend === 1) return pending === F ? 'other' : undefined;
  if (pending !== T) return undefined;
  if (of.heldByLine !== T) return of.latchedActive ? 'edge' : 'other';
  // What was acknowledged since the write was pending after it: the acknowledge lost the level.
  const since = Math.max(of.lineBy?.seq ?? Number.POSITIVE_INFINITY, of.activeBy?.seq ?? -1);
  return of.clearBy !== undefined && of.clearBy.seq > since ? 'cleared-level' : 'level';
}

/** Undefined if the bit is right or nothing can be said. */
export function wrongActive(e: GicEvent<'read'>, gic: Gic, of: GicInterrupt): WrongActive | undefined {
  if (e.act === undefined || e.id >= FIRST_LPI) return undefined;
  if (e.act === 0) return gic.sight.surelyActive(of) === T ? 'other' : undefined;
  if (gic.sight.surelyInactive(of) !== T) return undefined;
  const { endBy, activeBy } = of;
  // What the guest's end should have done is judged by a rule of forwarding.
  if (endBy !== undefined && !endBy.kind.startsWith(`${gic.view}.`)) return undefined;
  if (endBy === undefined || endBy.kind.endsWith('.read')) return 'other';
  const elsewhere = endBy.kind.endsWith('.dir') && activeBy !== undefined && 'cpu' in endBy && 'cpu' in activeBy && endBy.cpu !== activeBy.cpu;
  return elsewhere && e.id >= FIRST_SPI ? 'other-cpu' : 'ended';
}

/** Judges the bit if it was read and its value is known. */
export function judgeRead<W>(judge: Judge, known: Tri, wrong: W | undefined, mine: W, breach: () => Breach): void {
  if (known !== F && known !== T) judge.undecided('state of the interrupt');
  else if (wrong === mine) judge.breach(breach());
  else judge.held();
}

/** A finding about a wrong pending bit. */
export function pendingBreach(gic: Gic, of: GicInterrupt, sentence: string): Breach {
  return {
    entity: entityOf(gic, of.entity),
    sentence,
    because: [...(gic.sight.pending(of) === F ? [of.latchBy, of.lineBy] : pendingBy(of)), of.clearBy, of.activeBy],
    state: { line: show(of.line), latch: show(of.latch), trigger: showTrigger(of.level), active: show(of.active) },
  };
}

/** A finding about a wrong active bit. */
export function activeBreach(gic: Gic, of: GicInterrupt, sentence: string): Breach {
  return {
    entity: entityOf(gic, of.entity),
    sentence,
    because: [of.activeBy, of.dropBy, of.endBy],
    state: { active: show(of.active) },
  };
}
