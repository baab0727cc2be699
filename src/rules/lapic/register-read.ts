// What the rules about register reads of a local APIC share: which bits surely differ from the model, and which defect that shows.

import type { Event, EventOf } from '../../event.js';
import { LANDED_AFTER } from '../../model/flights.js';
import type { Lapic } from '../../model/lapic-cpu.js';
import { firstVector, isTprSeen } from '../../model/lapic-takes.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U } from '../../model/tri.js';
import type { Judge } from '../rule.js';

const WORD = 32;
const classOf = (vector: number): number => vector >> 4;

/** What a bit that differs shows: an EOI that ended another vector, a vector taken although TPR or one in service holds it back, or neither. */
type Why = 'eoi' | 'tpr' | 'nested' | 'plain';

interface Difference {
  readonly vector: number;
  /** As it reads. */
  readonly set: boolean;
  readonly why: Why;
  readonly because: readonly (Event | undefined)[];
}

/** Can the recording have shown whatever sets, and clears, a bit of this register? */
export function isSeen(reg: 'irr' | 'isr' | 'tmr', set: boolean, m: Machine): boolean {
  const { channels } = m.ctx;
  const requests = channels.covers('apic.accept') || (['apic.msg', 'apic.local', 'apic.ipi'] as const).every((kind) => channels.covers(kind));
  if (m.lapics.takes.mayHide) return false;
  if (reg === 'isr' && !set) return channels.covers('apic.eoi');
  return requests;
}

/** False if another CPU, or a clock that is not the other's, may have changed the register since. */
function isComparable(e: EventOf<'apic.read'>, lapic: Lapic, m: Machine): boolean {
  const latest = lapic.before(e);
  return latest !== undefined && !m.ctx.unordered(latest, e);
}

function whyInService(lapic: Lapic, v: number, m: Machine): Why {
  const { eoiBy, requestBy } = lapic;
  if (lapic.irr.get(v) === T) {
    if (classOf(lapic.isr.highest) >= classOf(v)) return 'nested';
    if (isTprSeen(m.ctx) && classOf(lapic.tpr ?? 0) >= classOf(v)) return 'tpr';
  }
  const ended = eoiBy[v];
  return ended !== undefined && ended.seq > (requestBy[v]?.seq ?? -1) && ended.seq > (lapic.idleBy[v]?.seq ?? -1) ? 'eoi' : 'plain';
}

function whyGone(lapic: Lapic, v: number): Why {
  const { endBy, injectBy } = lapic;
  return endBy !== undefined && endBy.seq > (injectBy[v]?.seq ?? -1) ? 'eoi' : 'plain';
}

/** What shows the vector that the latest EOI had to end instead. */
function higherInService({ ended, injectBy, isr }: Lapic, v: number): Event | undefined {
  const top = ended ?? isr.highest;
  return top > v ? injectBy[top] : injectBy.findLast((by, vector) => vector > v && isr.get(vector) !== F && by !== undefined);
}

/** KVM traces an acceptance just before it takes effect, and CPUs' clocks differ: another thread's may be the one that is missing, or that is to come. */
function isUnderWay(acceptBy: Event | undefined, e: EventOf<'apic.read'>, set: boolean): boolean {
  if (acceptBy?.kind !== 'apic.accept') return false;
  return set || (acceptBy.tid !== e.tid && e.ns - acceptBy.ns <= LANDED_AFTER);
}

/** The bits of a read that differ; undefined if it cannot be told. */
export function differences(e: EventOf<'apic.read'>, m: Machine): readonly Difference[] | undefined {
  const first = firstVector(e);
  if (first < 0 || (e.reg !== 'irr' && e.reg !== 'isr' && e.reg !== 'tmr')) return [];
  const lapic = m.lapics.of(e.cpu);
  if (!isComparable(e, lapic, m)) return undefined;
  const found: Difference[] = [];
  const latest = lapic.before(e);
  for (let i = 0; i < WORD; i++) {
    const v = first + i;
    const known = lapic[e.reg].get(v);
    const set = ((e.val >>> i) & 1) === 1;
    if (known === U || known === (set ? T : F) || !isSeen(e.reg, set, m)) continue;
    if (e.reg !== 'isr' && isUnderWay(lapic.acceptBy[v], e, set)) continue;
    // A reset clears them all.
    if (!set && latest !== undefined && !m.ctx.recent(latest, e)) continue;
    const why = e.reg !== 'isr' ? 'plain' : set ? whyInService(lapic, v, m) : whyGone(lapic, v);
    const instead = why === 'eoi' && !set ? higherInService(lapic, v) : undefined;
    found.push({ vector: v, set, why, because: [lapic.tprBy, lapic.acceptBy[v], lapic.requestBy[v], lapic.injectBy[v], lapic.eoiBy[v], lapic.endBy, instead] });
  }
  return found;
}

/** Judges the reads of one register, for the differences that are the rule's own; `fact` completes `REG bit N of CPU C reads 1`. */
export function judgeRead(
  e: EventOf<'apic.read'>,
  m: Machine,
  judge: Judge,
  { reg, why, fact }: { readonly reg: 'irr' | 'isr'; readonly why: Why; readonly fact: (difference: Difference) => string },
): void {
  if (e.reg !== reg) return;
  const found = differences(e, m);
  if (found === undefined) return judge.undecided('order');
  const own = found.find((difference) => difference.why === why);
  if (own === undefined) return judge.held();
  const lapic = m.lapics.of(e.cpu);
  judge.breach({
    entity: `vector:${own.vector}@cpu${e.cpu}`,
    sentence: `${reg.toUpperCase()} bit ${own.vector} of CPU ${e.cpu} reads ${own.set ? 1 : 0}${fact(own)}`,
    because: own.because,
    state: { 'isr.highest': String(lapic.isr.highest), tpr: String(lapic.tpr ?? 'unknown') },
  });
}
