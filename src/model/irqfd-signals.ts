// What a signal on an irqfd's eventfd owes: one injection. KVM virt/kvm/eventfd.c (irqfd_wakeup, irqfd_inject, kvm_irqfd_assign):
// an MSI route injects in the signaller's context, a pin by a worker, as a pulse of source 0, or as a level of source 1 that stays.

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import type { Binding, Eventfd } from './eventfds.js';
import type { Irqfds } from './irqfd.js';
import { decodeMessage, messageOf, sameMessage, type Message } from './message.js';
import type { DebtName, Lapse } from './owed.js';
import type { Routes } from './routes.js';
import { sameRoutes, type Route } from './routing-table.js';
import { F, T, U, type Tri } from './tri.js';

type Creditor = EventOf<'efd.signal'> | EventOf<'kvm.irqfd.assign'>;

/** An injection that is owed: by which routes, as which message, and for which eventfd, where the signal tells. */
interface Awaited {
  readonly routes: readonly Route[];
  readonly message: Message | undefined;
  readonly eventfd: Eventfd | undefined;
}

/** Place of messages whose vector is not known. */
const NO_VECTOR = 256;

export class IrqfdSignals {
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly irqfds: Irqfds;
  private readonly lineChannel: Channel;
  private readonly messageChannel: Channel;
  private readonly readChannel: Channel;
  private readonly awaited = new Map<Gsi, Awaited>();
  /** The first signal of each bound GSI since it has been without a route, and no worker was seen: nothing came of it, unless it is late and finds a new table. */
  private readonly unrouted = new Map<Gsi, EventOf<'efd.signal'>>();
  /** Messages of routes, decoded once for each table. */
  private readonly decoded = new WeakMap<readonly Route[], Message>();
  /** Debts that are late if the stream that shows injections went on past the deassign. */
  private suspects: Lapse[] = [];
  /** Latest injection of a line. */
  private readonly injections = new Map<Gsi, EventOf<'kvm.set_irq'>>();
  /** Latest message of each vector. */
  private readonly messages: (EventOf<'kvm.msi'> | undefined)[] = [];

  constructor(ctx: Context, routes: Routes, irqfds: Irqfds) {
    this.ctx = ctx;
    this.routes = routes;
    this.irqfds = irqfds;
    this.lineChannel = ctx.channels.of('kvm.set_irq');
    this.messageChannel = ctx.channels.of('kvm.msi');
    this.readChannel = ctx.channels.of('efd.read');
  }

  /** The state that the debts rest on is no longer known. */
  forgive(): void {
    this.awaited.clear();
    this.unrouted.clear();
    this.injections.clear();
    this.messages.length = 0;
    this.suspects = [];
    this.ctx.owed.forgive('irqfd.inject');
    this.ctx.owed.forgive('irqfd.inject-preexisting');
  }

  /** The signal or creation that left the counter of an unbound eventfd above zero, if nobody has read it since. */
  pending(binding: Binding): EventOf<'efd.signal'> | EventOf<'fd.open'> | undefined {
    return this.readChannel.declared ? binding.eventfd.raised : undefined;
  }

  /** Does the signal surely owe an injection? */
  due(e: EventOf<'efd.signal'>): Tri {
    const { identified, complete } = this.irqfds;
    const gsi = this.irqfds.gsiOf(e);
    if (gsi === undefined) return identified && complete ? F : U;
    const routed = this.routes.routed(gsi);
    if (routed === F) return F;
    const isCertain = routed === T && (identified || e.fd === undefined) && this.shows(gsi, e);
    return isCertain && !this.wasJustServed(gsi, e) ? T : U;
  }

  signal(e: EventOf<'efd.signal'>, gsi: Gsi | undefined): void {
    if (gsi === undefined) {
      if (e.fd !== undefined) this.raise(e.fd, e);
      return;
    }
    if (e.fd !== undefined) this.irqfds.eventfdOf(e.fd).raised = undefined;
    if (this.routes.routed(gsi) === F && !this.unrouted.has(gsi)) this.unrouted.set(gsi, e);
    if (this.ctx.owed.open('irqfd.inject', gsi) === undefined && this.due(e) === T) this.owe('irqfd.inject', gsi, e);
  }

  /** Somebody takes what the eventfd holds, perhaps since before it was bound. */
  read(eventfd: Eventfd): void {
    eventfd.raised = undefined;
    const { gsi } = eventfd.binding ?? {};
    if (gsi !== undefined) this.ctx.owed.clear('irqfd.inject-preexisting', gsi);
  }

  /** A counter above zero at the assign owes one injection, by a worker. */
  assigned(binding: Binding): void {
    const { gsi } = binding;
    if (this.pending(binding) === undefined || this.routes.routed(gsi) !== T || !this.shows(gsi, binding.by)) return;
    if (this.irqfds.identified) this.owe('irqfd.inject-preexisting', gsi, binding.by);
  }

  /** A stream goes on: what it has not shown before a deassign did not happen. */
  wentOn(e: Event): void {
    if (this.suspects.length === 0) return;
    const proven = this.suspects.filter(({ debt }) => debt.by.stream !== e.stream);
    this.suspects = this.suspects.filter(({ debt }) => debt.by.stream === e.stream);
    for (const { debt, proof } of proven) {
      if (this.ctx.owed.open(debt.name, debt.key) !== undefined) continue;
      this.ctx.owed.owe(debt);
      this.ctx.owed.late(debt.name, debt.key, proof);
    }
  }

  /** A line goes up. */
  injected(e: EventOf<'kvm.set_irq'>): void {
    this.unrouted.delete(e.gsi);
    this.settle(e.gsi);
    this.injections.set(e.gsi, e);
  }

  message(e: EventOf<'kvm.msi'>): void {
    this.messages[e.vec ?? NO_VECTOR] = e;
    if (this.awaited.size === 0) return;
    for (const gsi of this.awaited.keys()) if (this.mayBe(gsi, e)) this.settle(gsi);
  }

  /** Is it, or may it be, an injection that was owed? */
  isAwaited(e: EventOf<'kvm.msi'>): boolean {
    if (this.awaited.size === 0) return false;
    for (const gsi of this.awaited.keys()) if (this.mayBe(gsi, e)) return true;
    return false;
  }

  /** A deassign of the bound pair has waited for its injections before it returned. */
  flushed({ gsi, eventfd }: Binding, e: EventOf<'kvm.irqfd.deassign'>): void {
    const { owed } = this.ctx;
    const signal = owed.open('irqfd.inject', gsi)?.by;
    if (signal?.kind === 'efd.signal' && this.shows(gsi, signal) && this.isFlushed(signal, e)) this.late('irqfd.inject', gsi, e);
    const assign = owed.open('irqfd.inject-preexisting', gsi)?.by;
    if (assign?.kind === 'kvm.irqfd.assign' && assign === eventfd.binding?.by && this.shows(gsi, assign)) this.late('irqfd.inject-preexisting', gsi, e);
  }

  /** A signal whose worker a deassign has waited for, and for which no table since has had a route. */
  dropped(gsi: Gsi, e: EventOf<'kvm.irqfd.deassign'>): EventOf<'efd.signal'> | undefined {
    const signal = this.unrouted.get(gsi);
    return signal !== undefined && this.isFlushed(signal, e) ? signal : undefined;
  }

  /** Signals that are left at the end of the VM, which waits for all workers. */
  allDropped(): Iterable<[Gsi, EventOf<'efd.signal'>]> {
    return this.unrouted;
  }

  /** The irqfd may be gone: what it owed may never come. */
  gone({ gsi, eventfd }: Binding): void {
    this.unrouted.delete(gsi);
    const awaited = this.awaited.get(gsi);
    if (awaited?.eventfd === undefined || awaited.eventfd === eventfd) this.settle(gsi);
  }

  /** An injection that has not happened yet follows the new table. */
  rerouted(): void {
    this.unrouted.clear();
    for (const [gsi, { routes }] of this.awaited) if (!sameRoutes(routes, this.routes.of(gsi))) this.settle(gsi);
  }

  /** The eventfd keeps what no irqfd takes. */
  private raise(fd: number, e: EventOf<'efd.signal'>): void {
    if (this.irqfds.identified && this.irqfds.complete) this.irqfds.eventfdOf(fd).raised ??= e;
  }

  private owe(name: 'irqfd.inject' | 'irqfd.inject-preexisting', gsi: Gsi, by: Creditor): void {
    const routes = this.routes.of(gsi);
    const eventfd = by.fd === undefined ? undefined : this.irqfds.eventfdOf(by.fd);
    const because = [this.routes.by, eventfd?.raised, eventfd?.binding?.by].filter((event) => event !== undefined);
    this.awaited.set(gsi, { routes, message: this.messageBy(routes), eventfd });
    this.ctx.owed.owe({ name, key: gsi, entity: by.fd === undefined ? `gsi:${gsi}` : `irqfd:${by.fd}`, by, because });
  }

  private mayBe(gsi: Gsi, e: EventOf<'kvm.msi'>): boolean {
    if (e.gsi === gsi) return true;
    const message = this.awaited.get(gsi)?.message;
    return message !== undefined && sameMessage(message, messageOf(e)) !== F;
  }

  private settle(gsi: Gsi): void {
    if (!this.awaited.delete(gsi)) return;
    this.ctx.owed.clear('irqfd.inject', gsi);
    this.ctx.owed.clear('irqfd.inject-preexisting', gsi);
  }

  /** A trace that was stopped before the deassign shows no injection either: without the calls' own word for it, it must go on. */
  private late(name: DebtName, gsi: Gsi, proof: EventOf<'kvm.irqfd.deassign'>): void {
    const channel = this.routes.isMsi(gsi) === T ? this.messageChannel : this.lineChannel;
    if (channel.declared) this.ctx.owed.late(name, gsi, proof);
    else {
      const debt = this.ctx.owed.clear(name, gsi);
      if (debt !== undefined) this.suspects.push({ debt, proof });
    }
  }

  /** Would an injection on the GSI be shown? A table whose return value is not known may have been refused; only IOAPIC pins go by a worker everywhere. */
  private shows(gsi: Gsi, by: Creditor): boolean {
    if (this.routes.by?.ret === undefined) return false;
    if (this.routes.isMsi(gsi) === T) return isShown(this.messageChannel, by.stream);
    return this.routes.of(gsi).some(({ type }) => type === 'ioapic') && isShown(this.lineChannel, by.stream);
  }

  /** Another CPU's injection that stands just before the signal may be its consequence. */
  private wasJustServed(gsi: Gsi, e: EventOf<'efd.signal'>): boolean {
    const near = (event: EventOf<'kvm.set_irq'> | EventOf<'kvm.msi'> | undefined): boolean => event !== undefined && this.ctx.unordered(event, e);
    if (near(this.injections.get(gsi))) return true;
    const message = this.messageBy(this.routes.of(gsi));
    if (message === undefined) return false;
    return message.vec === undefined ? this.messages.some(near) : near(this.messages[message.vec]) || near(this.messages[NO_VECTOR]);
  }

  private messageBy(routes: readonly Route[]): Message | undefined {
    const known = this.decoded.get(routes);
    if (known !== undefined) return known;
    const msi = routes.find((route) => route.type === 'msi');
    if (msi === undefined) return undefined;
    const message = decodeMessage(msi.addr, msi.data);
    this.decoded.set(routes, message);
    return message;
  }

  /** Was it this irqfd's signal, and surely before the deassign was begun? A log of calls tells that of the same descriptor. */
  private isFlushed(signal: EventOf<'efd.signal'>, e: EventOf<'kvm.irqfd.deassign'>): boolean {
    if (this.ctx.unordered(signal, e)) return false;
    if (signal.fd !== undefined) return signal.fd === e.fd;
    return this.irqfds.complete && this.irqfds.bindingsOf(e.gsi).length === 1;
  }
}

/** A log of calls shows their consequences only if it says so; another stream may. */
function isShown(channel: Channel, stream: number): boolean {
  return channel.declared || channel.othersShow(stream);
}
