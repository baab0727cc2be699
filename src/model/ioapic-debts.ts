// What QEMU's IOAPIC does before its thread does anything else (hw/intc/ioapic.c): ioapic_service delivers, ioapic_eoi_broadcast says of each pin
// that its Remote IRR is cleared.

import type { Event, EventOf } from '../event.js';
import type { Pin } from '../ids.js';
import type { Context } from './context.js';
import type { IoapicPin } from './ioapic-pin.js';
import { T } from './tri.js';

/** The pin is in service for sure, unless the machine was reset unseen since. */
export function oweClear(ctx: Context, pin: IoapicPin, by: EventOf<'ioapic.eoi'>): void {
  const { deliverBy } = pin;
  if (deliverBy === undefined || pin.vec !== by.vec || pin.level !== T || !ctx.recent(deliverBy, by)) return;
  if (!ctx.channels.covers('ioapic.cleared') || !ctx.channels.covers('ioapic.rte')) return;
  ctx.owed.owe({ name: 'ioapic.clear', key: pin.number, entity: pin.entity, by, because: [deliverBy] });
}

/** What the thread of the event owes is late. */
export function ownLate({ owed }: Context, pins: Iterable<Pin>, proof: Event): void {
  if (!owed.any('ioapic.deliver') && !owed.any('ioapic.clear')) return;
  for (const pin of pins) {
    for (const name of ['ioapic.deliver', 'ioapic.clear'] as const) if (owed.open(name, pin)?.by.tid === proof.tid) owed.late(name, pin, proof);
  }
}

/** Deliveries may go unseen from now on. */
export function forgiveUnseen({ owed }: Context, { chan, cover }: EventOf<'meta.chan'>): void {
  if (chan === 'ioapic.deliver' && cover !== 'full') for (const name of ['ioapic.deliver', 'ioapic.edge'] as const) owed.forgive(name);
}
