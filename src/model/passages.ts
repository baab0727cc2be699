// Requests on their way along the routes of their GSI, from kvm_set_irq to its return, within one thread: the pins and messages that each has led
// to so far. Linux virt/kvm/irqchip.c kvm_set_irq copies the routes of the GSI and serves each; a signal on an irqfd whose route is a message
// goes by kvm_arch_set_irq_inatomic in their place.

import type { Event, EventOf } from '../event.js';
import { keep } from '../keep.js';
import { STREAMS, streamBit, type Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { decodeMessage, messageOf, sameMessage } from './message.js';
import type { Routes } from './routes.js';
import type { Route } from './routing-table.js';
import { FIRST_SPI } from './intids.js';
import { F, T, U, or, type Tri } from './tri.js';

/** What a request may lead to. */
type Outcome = EventOf<'ioapic.in'> | EventOf<'pic.in'> | EventOf<'gic.in'> | EventOf<'kvm.msi'>;

/** A request that has not returned. */
interface Passage {
  readonly by: EventOf<'kvm.set_irq'>;
  /** Routes of its GSI as it set out; undefined if not known. */
  readonly routes: readonly Route[] | undefined;
  readonly table: EventOf<'kvm.routes'> | undefined;
  readonly outcomes: Outcome[];
}

type Target = 'ioapic' | 'pic' | 'gic' | 'msi';
const TARGETS = { 'ioapic.in': 'ioapic', 'pic.in': 'pic', 'gic.in': 'gic', 'kvm.msi': 'msi' } as const satisfies Record<Outcome['kind'], Target>;
/** More than a GSI has routes: KVM_NR_IRQCHIPS and one message. */
const MOST_OUTCOMES = 16;
/** Threads whose requests are followed. */
const MOST_THREADS = 4096;

export class Passages implements Component {
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly messages: Channel;
  private readonly picInputs: Channel;
  private readonly ioapicInputs: Channel;
  private readonly x86: readonly Channel[];
  private readonly byThread = new Map<number, Passage>();
  /** Streams, as bits, that show returns of kvm_set_irq. */
  private returning = 0;
  /** Streams, as bits, that show an irqfd's own requests. */
  private asking = 0;
  /** Streams, as bits, in which a line of the GIC has followed from a request, and from one of an irqfd's own. */
  private gicByRequest = 0;
  private gicByIrqfd = 0;

  readonly steps: Steps = {
    'kvm.set_irq': (e) => this.setOut(e),
    'ioapic.in': (e) => this.arrive(e),
    'pic.in': (e) => this.arrive(e),
    'gic.in': (e) => this.arrive(e),
    'kvm.msi': (e) => this.arrive(e),
    'kvm.routed': (e) => this.end(e),
  };

  constructor(ctx: Context, routes: Routes) {
    this.ctx = ctx;
    this.routes = routes;
    this.messages = ctx.channels.of('kvm.msi');
    this.picInputs = ctx.channels.of('pic.in');
    this.ioapicInputs = ctx.channels.of('ioapic.in');
    this.x86 = [this.picInputs, this.ioapicInputs, ctx.channels.of('apic.accept')];
  }

  begin(): void {
    this.byThread.clear();
  }

  lose(): void {
    this.begin();
  }

  /** The request within which the thread does this, if it was followed and the thread has stayed on its CPU: the order of two clocks is not sure enough. */
  of(e: Outcome | EventOf<'kvm.routed'>): Passage | undefined {
    const passage = this.byThread.get(threadOf(e));
    if (passage === undefined || passage.by.on !== e.on) return undefined;
    return 'gsi' in e && e.gsi !== undefined && e.gsi !== passage.by.gsi ? undefined : passage;
  }

  /** Do the routes of its GSI lead there, which no commit has changed since it set out? */
  leads({ by, routes, table }: Passage, outcome: Outcome): Tri {
    return routes === undefined || this.isDoubtful(table, by) ? U : leadsTo(routes, outcome);
  }

  /** The same of an irqfd's message; where the table has none for its GSI, it is a table that is not shown. */
  leadsNow(e: EventOf<'kvm.msi'>): Tri {
    if (e.gsi === undefined || this.isDoubtful(this.routes.by, e)) return U;
    const routes = this.routes.of(e.gsi);
    return routes.some(({ type }) => type === 'msi') ? leadsTo(routes, e) : U;
  }

  /** The first of its routes that it has surely not led to; 'none' if there is no such, undefined if that is not known. */
  missed({ by, routes, table, outcomes }: Passage): Route | 'none' | undefined {
    if (routes === undefined || this.isDoubtful(table, by)) return undefined;
    let isSure = true;
    for (const route of routes) {
      if (route.type === 'other' || (route.type === 'msi' && by.level === 0)) continue;
      if (outcomes.some((outcome) => isTarget(route, outcome) !== F)) continue;
      if (this.shows(route.type, by)) return route;
      isSure = false;
    }
    return isSure ? 'none' : undefined;
  }

  /** Would what an irqfd's own request leads to be shown? On x86 KVM leaves every pin to a worker. */
  showsAtomic(e: EventOf<'kvm.routed'>): boolean {
    if (e.msi === 1) return this.messages.hasShown(e.stream);
    return e.msi === 0 && ((this.gicByIrqfd & streamBit(e)) !== 0 || this.x86.some((channel) => channel.hasShown(e.stream)));
  }

  /** Would it show if KVM had not begun with a signal's request? */
  showsRequests(e: EventOf<'efd.signal'>): boolean {
    return (this.asking & streamBit(e)) !== 0;
  }

  /** Only KVM's own lines about them become pins and messages; of a GIC there are several, and not all tell the same. */
  private shows(target: Target, { stream }: Event): boolean {
    if (target === 'gic') return (this.gicByRequest & streamBit({ stream })) !== 0;
    return (target === 'msi' ? this.messages : target === 'pic' ? this.picInputs : this.ioapicInputs).hasShown(stream);
  }

  /** The table is not known, or has been replaced or may be just now. */
  private isDoubtful(table: EventOf<'kvm.routes'> | undefined, e: Event): boolean {
    return table === undefined || table !== this.routes.by || this.routes.table === undefined || this.ctx.unordered(table, e);
  }

  private setOut(e: EventOf<'kvm.set_irq'>): void {
    if (e.tid <= 0 || e.on < 0 || (this.returning & streamBit(e)) === 0) return;
    const routes = this.routes.table === undefined ? undefined : this.routes.of(e.gsi);
    keep(this.byThread, threadOf(e), { by: e, routes: routes?.length === 0 ? undefined : routes, table: this.routes.by, outcomes: [] }, MOST_THREADS);
  }

  private arrive(e: Outcome): void {
    const passage = this.byThread.size === 0 ? undefined : this.of(e);
    if (passage !== undefined && passage.outcomes.length < MOST_OUTCOMES) passage.outcomes.push(e);
  }

  private end(e: EventOf<'kvm.routed'>): void {
    if (e.atomic === 1) {
      this.asking |= streamBit(e);
      if (e.sent === 1 && e.ret >= 0 && e.msi === 0) this.gicByIrqfd |= streamBit(e);
      return;
    }
    this.returning |= streamBit(e);
    if (this.of(e)?.outcomes.some(({ kind }) => kind === 'gic.in') === true) this.gicByRequest |= streamBit(e);
    this.byThread.delete(threadOf(e));
  }
}

const threadOf = ({ tid, stream }: Event): number => tid * STREAMS + stream;

/** Does one of the routes lead to this pin or message? */
function leadsTo(routes: readonly Route[], outcome: Outcome): Tri {
  let leads: Tri = F;
  for (const route of routes) leads = or(leads, isTarget(route, outcome));
  return leads;
}

function isTarget(route: Route, outcome: Outcome): Tri {
  if (route.type === 'other') return U;
  if (route.type !== TARGETS[outcome.kind]) return F;
  if (route.type === 'msi') return outcome.kind === 'kvm.msi' ? sameMessage(decodeMessage(route.addr, route.data), messageOf(outcome)) : F;
  const pin = outcome.kind === 'gic.in' ? outcome.id - FIRST_SPI : outcome.kind === 'kvm.msi' ? undefined : outcome.pin;
  return pin === route.pin ? T : F;
}
