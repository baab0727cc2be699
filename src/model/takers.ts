// Which vCPU takes what is sent to a physical destination: its APIC's number, which software does not change in a running machine. Intel SDM
// vol. 3, physical destination mode; KVM kvm_irq_delivery_to_apic_fast: the acceptance follows the message in the same thread.

import type { Event, EventOf } from '../event.js';
import { keep } from '../keep.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { BROADCAST, FIXED } from './delivery.js';
import type { Ioapic } from './ioapic.js';
import { F } from './tri.js';

/** Destinations remembered. */
const MOST = 4096;

type Accept = EventOf<'apic.accept'>;

export class Takers implements Component {
  private readonly ctx: Context;
  private readonly ioapic: Ioapic;
  /** The latest message for one APIC, and which. */
  private sent: { readonly by: Event; readonly dst: number; readonly vec: number } | undefined;
  private readonly takers = new Map<number, Accept>();

  readonly steps: Steps = {
    'kvm.msi': (e) => this.send(e, e.logical === 0 && e.dm === FIXED ? e.dst : undefined, e.vec),
    'kvm.ipi': (e) => this.send(e, e.logical === 0 && e.dm === FIXED && e.shorthand === 'none' ? e.dst : undefined, e.vec),
    'ioapic.deliver': (e) => {
      const pin = this.ioapic.pin(e.pin);
      // KVM's line of a pin that is asked for prints its entry; a delivery at an EOI has none.
      const isSure = this.ctx.channels.covers('ioapic.rte') || pin.inputBy?.seq === e.seq - 1;
      this.send(e, isSure && pin.logical === F ? pin.dst : undefined, e.vec);
    },
    'apic.accept': (e) => {
      const dst = this.destinationOf(e);
      if (dst !== undefined) keep(this.takers, dst, e, MOST);
      this.sent = undefined;
    },
  };

  constructor(ctx: Context, ioapic: Ioapic) {
    this.ctx = ctx;
    this.ioapic = ioapic;
  }

  begin(): void {
    this.sent = undefined;
    this.takers.clear();
  }

  lose(): void {
    this.begin();
  }

  /** The physical destination of what is accepted, where its message stands right before it. */
  destinationOf(e: Accept): number | undefined {
    const { sent } = this;
    if (sent === undefined || e.dm !== FIXED || sent.by.seq !== e.seq - 1) return undefined;
    return sent.by.tid === e.tid && sent.by.stream === e.stream && sent.vec === e.vec ? sent.dst : undefined;
  }

  /** What the destination has taken so shortly before that it is the same APIC still. */
  takerOf(dst: number, e: Event): Accept | undefined {
    const taken = this.takers.get(dst);
    return taken !== undefined && this.ctx.recent(taken, e) ? taken : undefined;
  }

  /** Is what is accepted of a destination whose taker is known? */
  isKnown(e: Accept): boolean {
    const dst = this.destinationOf(e);
    return dst !== undefined && this.takerOf(dst, e) !== undefined;
  }

  private send(by: Event, dst: number | undefined, vec: number | undefined): void {
    this.sent = dst === undefined || vec === undefined || dst >= BROADCAST ? undefined : { by, dst, vec };
  }
}
