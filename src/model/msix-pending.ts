// What sets and clears Pending bits: fires, messages, reads of the PBA, reasons that go away. PCI Express Base 6.1.4.4, 6.1.4.5.

import type { EventOf } from '../event.js';
import type { MsixDebts } from './msix-debts.js';
import type { MsixEntry } from './msix-entry.js';
import type { MsixFunction } from './msix-function.js';
import type { Sender } from './msix-sender.js';
import { pendingBitsOf } from './msix-words.js';
import { F, T, U } from './tri.js';

export function fire(debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.fire'>): void {
  fn.firesSeen = true;
  if (fn.has(e.entry) === F) return;
  const entry = fn.entry(e.entry);
  const used = fn.used(entry);
  const live = fn.liveAt(entry, e);
  if (live !== F) {
    entry.allowance++;
    if (live === T && used === T) debts.owe('msix.message', fn, entry, e);
    entry.doubtPending();
  } else if (fn.enabled === T && used === T) entry.setPending(e);
  // A function with MSI-X off may latch the bit, or not; a vector not in use drops it.
  else if (entry.pending === F || fn.enabled !== T) entry.doubtPending();
  entry.fireBy = e;
}

export function message(debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.msg'>, sender: Sender): void {
  debts.noteMessage(e);
  // It may be another function's.
  if (e.sure === 0 && typeof sender === 'string') return quitHolders(debts, fn, e);
  fn.messagesSeen = true;
  // One that could not send has sent: what kept it from that is no longer known.
  fn.master.learn(fn.master.value === F ? U : T);
  if (fn.enabledAt(e) !== F) {
    fn.confirmEnabled(e);
    debts.prove(fn);
  }
  if (e.entry !== undefined && fn.has(e.entry) === F) return;
  if (typeof sender === 'string') return quitHolders(debts, fn, e);
  const entry = fn.entry(sender.number);
  if (debts.openedBy('msix.message', entry) !== undefined) fn.servedFireBy = entry.fireBy;
  debts.quit(entry);
  if (fn.maySend(entry, e) === F) return adopt(fn, entry);
  const explained = entry.allowance > 0 || fn.live(entry) === T;
  entry.sentBy = e;
  entry.shown = entry.reached = true;
  entry.allowance = Math.max(0, entry.allowance - 1);
  if (entry.pending === T && fn.live(entry) === F) return;
  if (explained && entry.allowance === 0) entry.clearPending('sent', e);
  else entry.doubtPending();
}

function quitHolders(debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.msg'>): void {
  for (const entry of fn.entries.values()) if (fn.holds(entry, e) !== F) debts.quit(entry);
}

/** A row that could not send has sent: one finding, then whatever kept it from sending is no longer known. */
function adopt(fn: MsixFunction, entry: MsixEntry): void {
  if (fn.enabled === F) fn.enable = U;
  if (fn.fmask === T) fn.fmask = U;
  if (entry.mask === T) entry.mask = U;
  entry.doubtPending();
}

/** The Pending bits that a read shows: of rows that were touched, and those that are set. Bits beyond the table mean nothing. */
export function shownBits(fn: MsixFunction, e: EventOf<'msix.pba.read'>): { readonly entry: MsixEntry; readonly bit: 0 | 1 }[] {
  return pendingBitsOf(e)
    .filter(({ entry, bit }) => (bit === 1 || fn.entries.has(entry)) && fn.has(entry) !== F)
    .map(({ entry, bit }) => ({ entry: fn.peek(entry), bit }));
}

export function readPending(debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.pba.read'>): void {
  for (const { entry: shown, bit } of shownBits(fn, e)) {
    const entry = fn.entry(shown.number);
    if (fn.firedNear(entry, e)) entry.doubtPending();
    else {
      if (bit === 0) readClear(debts, fn, entry, e);
      else readSet(debts, fn, entry, e);
      // Whatever was sent before the read has arrived.
      if (fn.maskedAt(entry, e) === T) entry.allowance = 0;
    }
  }
  fn.readBy = e;
}

/** The result of writing Pending bits is undefined. */
export function writePending(fn: MsixFunction): void {
  for (const entry of fn.entries.values()) {
    entry.doubtPending();
    entry.allowance++;
  }
}

function readClear(debts: MsixDebts, fn: MsixFunction, entry: MsixEntry, e: EventOf<'msix.pba.read'>): void {
  // An unmask under way may have taken the bit.
  if (fn.pending(entry, e) === T && fn.live(entry) === F) debts.missing(fn, entry, e);
  // The bit goes when the message has gone: what was pending at the unmask is neither pending nor sent.
  debts.late('msix.send', entry, e);
  // A masked row either has sent what it owed or shows it as pending.
  if (fn.enabled === T && fn.maskedAt(entry, e) === T) debts.late('msix.message', entry, e);
  if (fn.live(entry) !== F && entry.allowance > 0) return;
  entry.clearPending('read', e);
}

function readSet(debts: MsixDebts, fn: MsixFunction, entry: MsixEntry, e: EventOf<'msix.pba.read'>): void {
  entry.shown = true;
  if (entry.pending === T && entry.pendingBy !== undefined) {
    fn.resets.confirm(entry.pendingBy.seq, e);
    debts.prove(fn);
  }
  const phantom = fn.pending(entry, e) === F;
  // A live row shows the bit in passing. A bit against the model has its finding, and is not relied on.
  if (fn.live(entry) !== F || phantom) {
    if (debts.overtaken(fn, entry) !== undefined) debts.quit(entry);
    entry.doubtPending();
    return;
  }
  debts.quit(entry);
  entry.setPending(e);
}

/** The reason for the interrupt is gone: a row that has not sent clears its bit. */
export function withdraw(debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.reason.clear'>): void {
  const entry = fn.entry(e.entry);
  debts.quit(entry);
  if (entry.pending === F) return;
  if (e.maybe !== 1 && fn.maskedAt(entry, e) === T) entry.clearPending('reason', e);
  else entry.doubtPending();
}
