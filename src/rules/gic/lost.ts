// A pending interrupt that an acknowledge, or the register of the highest pending one, passes over.

import type { GicEvent } from '../../model/gic-event.js';
import type { GicInterrupt } from '../../model/gic-interrupt.js';
import type { Gic } from '../../model/gic.js';
import { isSpecial } from '../../model/intids.js';
import { T, show } from '../../model/tri.js';
import type { Breach, Judge, Rule } from '../rule.js';
import { entityOf, onGics, pendingBy, showPriority, showRunning } from './views.js';

type Chosen = GicEvent<'iar'> | GicEvent<'hppir'>;

/** Which rule it is for: a line holds it pending, or a latch; or its latest end was one that no line of the recording shows. */
type Kept = 'line' | 'latch' | 'unseen-end';

/** The guest ended it through a list register with HW=1: whether that came through is not told. */
const endedUnseen = (gic: Gic, { endBy }: GicInterrupt): boolean => gic.view === 'pgic' && endBy !== undefined && !endBy.kind.startsWith('pgic.');

const keptBy = (gic: Gic, of: GicInterrupt): Kept => (endedUnseen(gic, of) ? 'unseen-end' : of.latch !== T || of.heldByLine === T ? 'line' : 'latch');

function breach(e: Chosen, gic: Gic, of: GicInterrupt, what: string): Breach {
  const cpu = gic.cpu(e.cpu);
  const verb = e.kind.endsWith('.iar') ? 'acknowledged' : 'read as highest pending';
  const other = isSpecial(e.id) ? 'none' : `INTID ${e.id}`;
  return {
    entity: entityOf(gic, of.entity),
    sentence: `CPU ${e.cpu} ${verb} ${other} although INTID ${of.id} ${what}, enabled, not active, and of a priority that passes`,
    because: [...pendingBy(of), of.priorityBy, cpu.pmrBy, of.endBy, cpu.freeBy],
    state: { pending: show(of.pending), priority: showPriority(of.priority), mask: showPriority(cpu.pmr), running: showRunning(cpu) },
  };
}

/** Judges who was passed over if it is `kept` so; `what` says of it why it is pending. */
export function onPassedOver(kept: Kept, what: string): NonNullable<Rule['on']> {
  const judgeChosen = (e: Chosen, gic: Gic, judge: Judge): void => {
    const of = gic.waiting.passedOver(e);
    const taken = of === undefined && kept === 'unseen-end' ? gic.of(e.id, e.cpu) : undefined;
    if (of === undefined) return kept !== 'unseen-end' || (taken !== undefined && endedUnseen(gic, taken)) ? judge.held() : undefined;
    if (keptBy(gic, of) === kept) judge.breach({ ...breach(e, gic, of, what), severity: 'violation' });
  };
  const judgeStarved = (e: GicEvent<'iar'>, gic: Gic, judge: Judge): void => {
    const of = gic.waiting.starved(e);
    if (of === undefined || keptBy(gic, of) !== kept || gic.waiting.passedOver(e) !== undefined) return;
    const { sentence, ...rest } = breach(e, gic, of, what);
    const ms = (gic.waiting.waited(of, e) / 1e6).toFixed(0);
    judge.breach({ ...rest, severity: 'suspicious', sentence: `${sentence}; it has waited for ${ms} ms and the CPU has taken ${of.passed + 1} that came later` });
  };
  const acknowledged = (e: GicEvent<'iar'>, gic: Gic, judge: Judge): void => {
    judgeChosen(e, gic, judge);
    judgeStarved(e, gic, judge);
  };
  return { ...onGics('iar', acknowledged), ...onGics('hppir', judgeChosen) };
}
