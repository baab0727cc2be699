// Which row of a function sent a message. Rows may alias: several may hold one message (PCI Express Base 6.1.4.2).

import type { EventOf } from '../event.js';
import type { MsixEntry } from './msix-entry.js';
import type { MsixFunction } from './msix-function.js';
import { F, T } from './tri.js';

/** `unclear`: more than one row could have sent it, or none of this function. `none`: no row holds it. */
export type Sender = MsixEntry | 'unclear' | 'none';

/** `all`: every function of which anything was seen. */
export function senderOf(fn: MsixFunction, e: EventOf<'msix.msg'>, all: Iterable<MsixFunction>): Sender {
  const sender = e.entry === undefined ? byContent(fn, e) : byName(fn, fn.peek(e.entry), e);
  if (e.sure === 0 && (isDoubtful(fn, sender, e) || isAnothers(fn, sender, e, all))) return 'unclear';
  return sender;
}

/** The row cannot send, and another function can: its message may come later than its cause, behind what this function was last seen to do. A line that tells of a fire comes right before the message. */
function isAnothers(fn: MsixFunction, sender: Sender, e: EventOf<'msix.msg'>, all: Iterable<MsixFunction>): boolean {
  if (typeof sender === 'string' || fn.maySend(sender, e) !== F) return false;
  if (e.entry !== undefined && sender.fireBy !== undefined && sender.fireBy.seq > sender.knownSeq) return false;
  for (const other of all) {
    if (other === fn || other.enabledAt(e) === F) continue;
    if (!other.restIsQuiet || holders(other, e).some((entry) => other.maySend(entry, e) !== F)) return true;
  }
  return false;
}

/** Whose it is was taken from its cause: a live row in use that has fired or is pending sends at once; else the contents must bear witness. */
function isDoubtful(fn: MsixFunction, sender: Sender, e: EventOf<'msix.msg'>): boolean {
  if (typeof sender === 'string') return sender === 'none';
  if (fn.holds(sender, e) === T) return false;
  const isOurs = fn.used(sender) === T || [...fn.entries.values()].some((entry) => fn.holds(entry, e) === T);
  return fn.liveSurely(sender, e) !== T || !(isOwed(fn, sender) || fn.pending(sender, e) === T) || !isOurs;
}

/** Has the row fired since it could last send, and not sent since? */
function isOwed(fn: MsixFunction, { fireBy, sentBy, maskBy }: MsixEntry): boolean {
  if (fireBy === undefined) return false;
  return [sentBy, maskBy, fn.fmaskBy, fn.enableBy].every((by) => by === undefined || by.seq < fireBy.seq);
}

function byName(fn: MsixFunction, named: MsixEntry, e: EventOf<'msix.msg'>): Sender {
  if (fn.maySend(named, e) !== F) return named;
  return holders(fn, e).some((other) => other !== named && fn.maySend(other, e) !== F) ? 'unclear' : named;
}

function byContent(fn: MsixFunction, e: EventOf<'msix.msg'>): Sender {
  const candidates = holders(fn, e);
  const able = candidates.filter((entry) => fn.maySend(entry, e) !== F);
  const [first, second] = able;
  if (!fn.restIsQuiet || second !== undefined) return 'unclear';
  // Where none may send, whoever did broke a rule: the row that surely holds the message is the likeliest.
  return first ?? candidates.find((entry) => fn.holds(entry, e) === T) ?? candidates[0] ?? 'none';
}

/** The rows that may hold the message. */
const holders = (fn: MsixFunction, e: EventOf<'msix.msg'>): MsixEntry[] =>
  fn.index.candidates(e.data).filter((entry) => fn.holds(entry, e) !== F);
