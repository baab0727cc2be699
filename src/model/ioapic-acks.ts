// The acknowledges that EOIs owe IOAPIC pins. KVM kvm_ioapic_update_eoi_one: kvm_notify_acked_irq for each pin of the vector.

import type { Event, EventOf } from '../event.js';
import type { Pin } from '../ids.js';
import type { Context } from './context.js';
import type { IoapicPin } from './ioapic-pin.js';
import { T } from './tri.js';

export class IoapicAcks {
  private readonly ctx: Context;
  private readonly pins: ReadonlyMap<Pin, IoapicPin>;

  constructor(ctx: Context, pins: ReadonlyMap<Pin, IoapicPin>) {
    this.ctx = ctx;
    this.pins = pins;
  }

  /** Where acknowledges are recorded, each pin that waits for this EOI must show one. */
  owe(e: EventOf<'apic.eoi'>, acceptBy: Event | undefined): void {
    for (const pin of this.pins.values()) {
      if (pin.vec !== e.vec || pin.level !== T || pin.rirr !== T) continue;
      const because = [pin.rteBy, pin.deliverBy, acceptBy].filter((event) => event !== undefined);
      this.ctx.owed.owe({ name: 'ioapic.ack', key: pin.number, entity: pin.entity, by: e, because });
    }
  }

  /** The pin's acknowledge came; true if it was owed. */
  settle(pin: Pin): boolean {
    return this.ctx.owed.clear('ioapic.ack', pin) !== undefined;
  }

  /** Handling an EOI is synchronous: the vCPU's next EOI or injection comes after its acknowledge. */
  late(e: EventOf<'apic.eoi'> | EventOf<'cpu.inject'>): void {
    if (!this.ctx.owed.any('ioapic.ack')) return;
    for (const pin of this.pins.values()) {
      const debt = this.ctx.owed.open('ioapic.ack', pin.number);
      if (debt?.by.kind === 'apic.eoi' && debt.by.cpu === e.cpu) this.ctx.owed.late('ioapic.ack', pin.number, e);
    }
  }
}
