// Software's accesses to the MSI-X capability and table: Message Control, rows, reads. PCI Express Base 6.1.4.2, 6.1.4.3.

import type { Event, EventOf } from '../event.js';
import type { Context } from './context.js';
import type { MsixDebts } from './msix-debts.js';
import type { MsixEntry } from './msix-entry.js';
import type { MsixFunction } from './msix-function.js';
import { wordsOf } from './msix-words.js';
import { F, T, U, join, known } from './tri.js';

/** Disabling MSI-X may drop what is pending, and cancels what is owed. */
function disable(entry: MsixEntry, debts: MsixDebts): void {
  debts.quit(entry);
  if (entry.pending === T) entry.doubtPending();
  entry.shown = false;
}

export function control(ctx: Context, debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.ctrl'>): void {
  for (const entry of fn.entries.values()) calm(fn, entry, e);
  fn.hasControl = true;
  if (e.enable === 1) fn.enableWriteSeq = e.seq;
  const enable = known(e.enable);
  const fmask = known(e.fmask);
  const before = { enable: fn.enable, fmask: fn.fmask };
  fn.enable = join(fn.enable, enable);
  fn.fmask = join(fn.fmask, fmask);
  fn.controlUnderWay = e;
  ctx.flights.write(e, () => {
    // A later write, a loss or a reset has overtaken it.
    if (fn.controlUnderWay !== e) return;
    fn.controlUnderWay = undefined;
    fn.enable = enable;
    fn.fmask = fmask;
    if (before.enable !== enable) fn.enableBy = e;
    if (before.fmask !== fmask) fn.fmaskBy = e;
    for (const entry of fn.entries.values()) {
      if (enable === F) disable(entry, debts);
      debts.settle(fn, entry, e);
    }
  });
}

/** What reads otherwise than it was left is not known any more. */
export function readControl(fn: MsixFunction, { enable, fmask }: EventOf<'msix.ctrl.read'>): void {
  if (fn.enable !== enable) fn.enable = U;
  if (fn.fmask !== fmask) fn.fmask = U;
}

export function write(ctx: Context, debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.write'>): void {
  const words = wordsOf(e).map(({ entry, field, value }) => ({ entry: fn.entry(entry), field, value }));
  for (const { entry, field, value } of words) {
    calm(fn, entry, e);
    // Changed while it may send: the result is undefined (6.1.4.5), and a message under way may still carry the old contents.
    if (field !== 'vc' && entry.word(field) !== value && ctx.config.sync !== 1 && fn.maySend(entry, e) !== F) entry.blurred = true;
    entry.startWrite(field, value, e);
    fn.index.place(entry);
  }
  ctx.flights.write(e, () => {
    for (const { entry, field, value } of words) entry.finishWrite(field, value, e);
    for (const { entry } of words) {
      // After a reset it is no longer the function's.
      if (fn.entries.get(entry.number) === entry) fn.index.place(entry);
      debts.settle(fn, entry, e);
    }
  });
}

/** What is read against what was known was reset, or written, unseen: then nothing else is sure either. */
export function read(debts: MsixDebts, fn: MsixFunction, e: EventOf<'msix.read'>): void {
  const entry = fn.entry(e.entry);
  const value = Number(e.val & 0xffff_ffffn);
  const since = entry.knownSeq;
  const outcome = entry.read(e.field, value, e);
  // No reset unmasks a row: that contradiction is the row's alone.
  if (outcome === 'contradicts' && !(e.field === 'vc' && entry.mask === F)) {
    debts.forget(fn);
    fn.lose(false, false);
    entry.read(e.field, value, e);
  } else if (outcome === 'confirms') {
    fn.resets.confirm(since, e);
    debts.prove(fn);
  }
  fn.index.place(entry);
  // Whatever was sent before the read has arrived.
  if (entry.allowance === Infinity && fn.maskedAt(entry, e) === T) entry.allowance = 0;
  fn.readBy = e;
  debts.settle(fn, entry, e);
}

/** A row that cannot send, with nothing under way, sends what it holds at its next unmask. */
function calm(fn: MsixFunction, entry: MsixEntry, e: Event): void {
  if (entry.blurred && fn.maySend(entry, e) === F) entry.blurred = false;
}
