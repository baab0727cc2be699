// What findings show of a row: the values a message or a Pending bit was judged against, and the events that set them.

import type { Event } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { MsixEntry } from '../../model/msix-entry.js';
import type { MsixFunction } from '../../model/msix-function.js';
import type { Lapse } from '../../model/owed.js';
import { show } from '../../model/tri.js';

const hex = (value: number | undefined): string => (value === undefined ? 'unknown' : `0x${value.toString(16)}`);

/** Mask and enable bits, and the Pending bit. */
export const gates = (fn: MsixFunction, entry: MsixEntry): Record<string, string> => ({
  enable: show(fn.enabled),
  fmask: show(fn.fmask),
  'entry.mask': show(entry.mask),
  'entry.pending': show(entry.pending),
});

/** The message the row holds. */
export const contents = (entry: MsixEntry): Record<string, string> => ({
  'entry.addr': hex(entry.addr),
  'entry.addr_hi': hex(entry.addrHi),
  'entry.data': hex(entry.data),
});

/** The events a reader needs to see why the row could send or not, and what it last did. */
export const history = (fn: MsixFunction, entry: MsixEntry): (Event | undefined)[] => [
  fn.enableBy,
  fn.fmaskBy,
  entry.maskBy,
  entry.pendingBy,
  entry.fireBy,
  entry.sentBy,
];

/** Another CPU's event that may have let the row send before. */
export const excuses =
  (fn: string, entry: number) =>
  (later: Event): boolean =>
    ((later.kind === 'msix.fire' || later.kind === 'msix.write') && later.fn === fn && later.entry === entry) ||
    ((later.kind === 'msix.ctrl' || later.kind === 'pci.reset') && later.fn === fn);

/** How it is known that a message that was owed did not come, and the Pending bit where a read of it tells. */
export function lateness({ debt, proof }: Lapse, { ctx }: Machine, ifRead: string): { readonly how: string; readonly state: Record<string, string> } {
  if (ctx.config.sync === 1 && proof.tid === debt.by.tid) return { how: 'its thread went on to something else, but', state: {} };
  return proof.kind === 'msix.pba.read' ? { how: ifRead, state: { 'entry.pending': '0' } } : { how: 'to the end of the recording', state: {} };
}
