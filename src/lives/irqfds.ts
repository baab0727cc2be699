// Which irqfd a signal came by and which message it makes: what KVM_IRQFD and KVM_SET_GSI_ROUTING told last. KVM virt/kvm/eventfd.c.

import type { EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import { decodeMessage, messageOf, sameMessage, type Message } from '../model/message.js';
import { parseRoutingTable } from '../model/routing-table.js';
import { T } from '../model/tri.js';

type Told = EventOf<'kvm.irqfd.assign'> | EventOf<'kvm.irqfd.deassign'> | EventOf<'fd.close'> | EventOf<'kvm.routes'> | EventOf<'vm.close'>;

export class Irqfds {
  /** GSIs by the descriptors bound to them. */
  readonly #gsis = new Map<number, Gsi>();
  readonly #messages = new Map<number, Message>();

  note(e: Told): void {
    if (e.kind === 'vm.close') {
      this.#gsis.clear();
      this.#messages.clear();
    } else if (e.kind === 'kvm.routes') {
      if (e.ret === undefined || e.ret === 0) this.#reroute(e);
    } else if (e.kind === 'fd.close') {
      if (e.fd !== undefined) this.#gsis.delete(e.fd);
    } else if (e.ret === 0) {
      if (e.kind === 'kvm.irqfd.assign') this.#gsis.set(e.fd, e.gsi);
      else this.#gsis.delete(e.fd);
    }
  }

  /** Both numbers of a signal that may name one. Several descriptors of one GSI cannot be told apart by it. */
  of({ fd, gsi }: EventOf<'efd.signal'>): { readonly fd: number | undefined; readonly gsi: Gsi | undefined } {
    if (gsi === undefined) return { fd, gsi: fd === undefined ? undefined : this.#gsis.get(fd) };
    const bound = fd === undefined ? [...this.#gsis].filter(([, to]) => to === gsi) : [];
    return { gsi, fd: bound.length === 1 ? bound[0]?.[0] : fd };
  }

  /** Is the message surely the one that the GSI's route holds? */
  sends(gsi: number, e: EventOf<'kvm.msi'>): boolean {
    const message = this.#messages.get(gsi);
    return message?.vec !== undefined && message.dst !== undefined && sameMessage(message, messageOf(e)) === T;
  }

  #reroute(e: EventOf<'kvm.routes'>): void {
    this.#messages.clear();
    for (const [gsi, [route]] of parseRoutingTable(e.map, e.nr).routes)
      if (route?.type === 'msi' && route.addr !== undefined) this.#messages.set(gsi, decodeMessage(route.addr, route.data));
  }
}
