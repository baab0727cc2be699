// What the three rules about Remote IRR reads share: is a contradiction between model and read a proof?

import type { EventOf } from '../../event.js';
import type { IoapicPin } from '../../model/ioapic-pin.js';
import type { Machine } from '../../model/machine.js';
import { T, U, known, type Tri } from '../../model/tri.js';

/** Does the read contradict what the model knows of Remote IRR? U where another CPU or an unseen reset may explain it. */
export function contradicts(e: EventOf<'ioapic.rte.read'>, pin: IoapicPin, m: Machine): Tri {
  if (pin.rirr === U) return U;
  if (pin.rirr === known(e.rirr)) return 0;
  const since = pin.rirr === T ? pin.deliverBy : pin.clearedBy;
  if (since === undefined) return pin.cleared === 'reset' && m.ctx.channels.of('ioapic.deliver').declared ? T : U;
  // An entry that reads as after a reset was reset, unless that would have been seen.
  const reset = e.mask !== 0 && e.vec === 0 && e.rirr === 0 && !m.ctx.showsResetsSince(since);
  if (reset || m.ctx.unordered(since, e) || !m.ctx.recent(since, e)) return U;
  // A bit that reads 0 was cleared by an EOI, one that reads 1 was set by a delivery: nobody may have recorded it.
  if (pin.rirr === T) return m.ioapic.inService(pin);
  return pin.shutSinceClear || m.ctx.channels.of('ioapic.deliver').declared ? T : U;
}

/** True if the entry was written after Remote IRR last changed. */
export const writtenSince = (pin: IoapicPin): boolean => {
  const changed = pin.rirr === T ? pin.deliverBy : pin.clearedBy;
  return pin.rteBy !== undefined && (changed === undefined || pin.rteBy.seq > changed.seq);
};
