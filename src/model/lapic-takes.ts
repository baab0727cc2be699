// Local APICs of which no recorder shows that a request is taken (QEMU): whatever may be taken may have been, and reads of the
// registers tell. Intel SDM vol. 3, interrupt acceptance; QEMU hw/intc/apic.c (apic_set_irq, apic_get_interrupt, apic_eoi).

import type { Event, EventOf } from '../event.js';
import type { Context } from './context.js';
import { svrEnables, svrSuppresses, type Lapic } from './lapic-cpu.js';
import { F, T, U, join, type Tri } from './tri.js';
import { VECTORS } from './vector-bits.js';

const WORD = 32;
const VECTOR = 0xff;
const LINT0 = 3;

/** TPR may also be written through CR8, which hardly any recorder shows: only where one says so is it known to hold still. */
export const isTprSeen = (ctx: Context): boolean => ctx.channels.of('apic.tpr').declared;

/** Requests that nothing surely holds back may be taken at any time. */
export function takeUnseen(lapic: Lapic, ctx: Context): void {
  lapic.irr.mayGoTo(lapic.isr, (lapic.blockedClass(isTprSeen(ctx)) + 1) << 4);
}

/** The first request since the latest EOI counts: until the next one the vector is pending or in service. */
function noteRequest(lapic: Lapic, v: number, by: Event): void {
  if ((lapic.requestBy[v]?.seq ?? -1) <= (lapic.endBy?.seq ?? -1)) lapic.requestBy[v] = by;
}

/** May LINT0 have asked for it, by what is known of its entry? QEMU takes such a request back when LINT0 falls (apic_deliver_pic_intr). */
const isLint0s = (lapic: Lapic, v: number): Tri => (lapic.lvt[LINT0] === undefined ? U : lapic.lvt[LINT0] === v ? T : F);

/** A message reached the APIC; `sure`: this one, and no other. */
export function request(lapic: Lapic, v: number, { level, sure, by }: { readonly level: Tri; readonly sure: boolean; readonly by: Event }): void {
  lapic.accepts[v] = sure && lapic.irr.get(v) === F && lapic.isr.get(v) === F ? 1 : 2;
  lapic.maybeBy[v] = by;
  if (sure) {
    if (isLint0s(lapic, v) !== T) {
      lapic.heldBy[v] ??= by;
      noteRequest(lapic, v, by);
    }
    if (lapic.irr.get(v) === F && lapic.isr.get(v) === F) lapic.idleBy[v] = by;
    lapic.acceptBy[v] = by;
    lapic.irr.set(v, T);
    lapic.tmr.set(v, level);
    lapic.latestBy = by;
  } else {
    if (lapic.irr.get(v) === F) lapic.irr.set(v, U);
    lapic.tmr.set(v, join(lapic.tmr.get(v), level));
  }
}

/** EOI: the highest vector in service is ended; gives it if it is known which. */
export function endUnseen(lapic: Lapic, by: Event): number | undefined {
  const { isr } = lapic;
  lapic.endBy = by;
  lapic.ended = undefined;
  const top = isr.highestPossible;
  if (top < 0) return undefined;
  const sure = isr.get(top) === T;
  const known = isr.highest;
  for (let v = top; v >= Math.max(known, 0); v = isr.highestPossibleBelow(v)) if (lapic.irr.get(v) !== T) lapic.heldBy[v] = undefined;
  if (!sure && known >= 0) isr.set(known, U);
  isr.set(top, F);
  if (!sure) return undefined;
  lapic.eoiBy[top] = by;
  lapic.ended = top;
  return top;
}

/** The EOI just written was broadcast: its vector was the highest in service. */
export function endedVector(lapic: Lapic, v: number, by: Event): void {
  lapic.isr.clearFrom(v);
  lapic.eoiBy[v] = by;
  lapic.ended = v;
}

/** The word that a read of IRR, ISR or TMR gives; -1 for other registers. */
export const firstVector = ({ reg, word }: EventOf<'apic.read'>): number =>
  (reg === 'irr' || reg === 'isr' || reg === 'tmr') && word !== undefined && word >= 0 && word < VECTORS / WORD ? word * WORD : -1;

interface Sight {
  /** Is what has been held since an event there to be read until an EOI, and would that show? */
  readonly still: (since: Event) => boolean;
  /** What is taken shows. */
  readonly takes: boolean;
}

/** A register as it was read. */
export function learn(lapic: Lapic, e: EventOf<'apic.read'>, sight: Sight): void {
  lapic.written.read(e);
  lapic.beforeReadBy = lapic.before(e);
  lapic.latestBy = e;
  if (e.reg === 'tpr') {
    lapic.tpr = e.val & 0xff;
    lapic.tprBy = e;
  } else if (e.reg === 'svr') {
    lapic.enabled = svrEnables(e.val);
    lapic.suppress = svrSuppresses(e.val);
  } else if (e.reg === 'ppr') {
    // Nothing of a class above it is in service.
    lapic.isr.clearFrom(((e.val >> 4) + 1) << 4);
  } else if (e.reg === 'lvt') {
    if (e.word !== undefined) lapic.lvt[e.word] = e.val & VECTOR;
  } else learnBits(lapic, e, sight);
}

function learnBits(lapic: Lapic, e: EventOf<'apic.read'>, sight: Sight): void {
  const first = firstVector(e);
  if (first < 0 || (e.reg !== 'irr' && e.reg !== 'isr' && e.reg !== 'tmr')) return;
  const register = lapic[e.reg];
  for (let i = 0; i < WORD; i++) {
    const bit = (e.val >>> i) & 1;
    if (e.reg === 'isr') learnService(lapic, first + i, e, { bit, takes: sight.takes });
    else if (e.reg === 'irr') {
      if (bit === 1 && stillWaits(lapic, first + i)) lapic.isr.set(first + i, F);
      lapic.accepts[first + i] = bit === 1 && lapic.isr.get(first + i) !== F ? 2 : bit;
      if (bit === 1 && isLint0s(lapic, first + i) === F) noteRequest(lapic, first + i, e);
    }
    register.set(first + i, bit === 1 ? T : F);
    if (e.reg !== 'tmr') learnHeld(lapic, first + i, e, sight.still);
  }
}

/** What was not in service, and has not been requested since, waits still if it is requested: a take would have cleared the request. */
const stillWaits = ({ isr, idleBy, maybeBy }: Lapic, v: number): boolean => isr.get(v) === U && (idleBy[v]?.seq ?? -1) > (maybeBy[v]?.seq ?? -1);

/** A vector that is held stands in one of the two registers at least. */
function learnHeld(lapic: Lapic, v: number, e: EventOf<'apic.read'>, still: Sight['still']): void {
  const read = e.reg === 'irr' ? lapic.irr : lapic.isr;
  const other = e.reg === 'irr' ? lapic.isr : lapic.irr;
  const since = lapic.heldBy[v];
  if (read.get(v) === T) {
    // In service it is surely taken; who asked for what is pending is not told.
    if (e.reg === 'isr' || isLint0s(lapic, v) === F) lapic.heldBy[v] ??= e;
  } else if (other.get(v) === F) lapic.heldBy[v] = undefined;
  else if (other.get(v) === U && since !== undefined && still(since)) {
    other.set(v, T);
    if (e.reg !== 'irr') return;
    lapic.injectBy[v] = e;
  }
}

function learnService(lapic: Lapic, v: number, by: Event, { bit, takes }: { readonly bit: number; readonly takes: boolean }): void {
  if (bit === 0) lapic.idleBy[v] = by;
  else if (lapic.isr.get(v) !== T) {
    lapic.injectBy[v] = by;
    if (takes) return;
    // Its one request has been taken.
    if (lapic.accepts[v] === 1) lapic.irr.set(v, F);
    lapic.accepts[v] = lapic.irr.get(v) === F ? 0 : 2;
  }
}
