// Is EOI broadcast suppression on? A pin that delivers again without a directed EOI shows that its EOI was broadcast. Intel SDM vol. 3, APIC chapter, SVR bit 12.

import type { Event, EventOf } from '../event.js';
import type { Context } from './context.js';
import type { IoapicPin } from './ioapic-pin.js';
import type { Lapics } from './lapic.js';
import { F, T, U } from './tri.js';

/** Pins in service whose vector this EOI carries: if one delivers again, with no directed EOI in between, the EOI was broadcast. */
export function putToTest(pins: Iterable<IoapicPin>, e: EventOf<'apic.eoi'>): void {
  for (const pin of pins) if (pin.vec === e.vec && pin.level === T && pin.rirr === T) pin.testedBy = e;
}

/** Only if nothing else can have cleared Remote IRR, and the APIC is still the one that wrote the EOI. */
export function learnSuppression(ctx: Context, lapics: Lapics, { testedBy }: IoapicPin, e: Event): void {
  if (testedBy === undefined || !ctx.channels.covers('ioapic.rte') || !ctx.recent(testedBy, e)) return;
  const lapic = lapics.of(testedBy.cpu);
  if (lapic.suppress === U && testedBy.vec !== undefined && lapic.eoiBy[testedBy.vec] === testedBy) lapic.suppress = F;
}
