// What a local APIC's acceptance follows from: the latest message, or delivery of an IOAPIC, of its thread. KVM kvm_irq_delivery_to_apic.

import type { Event, EventOf } from '../event.js';
import type { Component, Steps } from './component.js';

export class AcceptCauses implements Component {
  private messageBy: EventOf<'kvm.msi'> | undefined;
  private deliveryBy: EventOf<'ioapic.deliver'> | undefined;
  private functionBy: EventOf<'msix.msg'> | undefined;

  readonly steps: Steps = {
    'kvm.msi': (e) => {
      this.messageBy = e;
    },
    'ioapic.deliver': (e) => {
      this.deliveryBy = e;
    },
    'msix.msg': (e) => {
      this.functionBy = e;
    },
  };

  begin(): void {
    this.messageBy = this.deliveryBy = this.functionBy = undefined;
  }

  lose(): void {
    this.begin();
  }

  /** The message or delivery whose acceptance this is, if it is the latest of its thread. */
  of({ vec, tid }: EventOf<'apic.accept'> | EventOf<'apic.msg'>): Event | undefined {
    if (this.deliveryBy?.vec === vec && this.deliveryBy.tid === tid) return this.deliveryBy;
    const message = this.messageBy;
    const sent = message?.vec ?? (message?.data === undefined ? undefined : message.data & 0xff);
    return message?.tid === tid && sent === vec ? message : undefined;
  }

  /** The latest message, if it is of the thread that returns. */
  messageOf({ tid, on }: EventOf<'kvm.routed'>): Event | undefined {
    return this.messageBy?.tid === tid && this.messageBy.on === on ? this.messageBy : undefined;
  }

  /** Did a function with MSI-X send it, by the event just before? */
  isFunctions({ seq, addr, data }: EventOf<'apic.msg'>): boolean {
    const by = this.functionBy;
    return by !== undefined && by.seq === seq - 1 && by.addr === addr && by.data === data;
  }
}
