// Signals that reach KVM through an irqfd although their MSI-X row is masked. KVM virt/kvm/eventfd.c irqfd_wakeup knows nothing of masks:
// the VMM must unbind the irqfd, or drop its route, when the guest masks the row.

import type { Event, EventOf } from '../event.js';
import type { Entry, Gsi } from '../ids.js';
import { LANDED_AFTER } from './flights.js';
import type { Irqfds } from './irqfd.js';
import { decodeMessage, messageOf, sameMessage, type Message } from './message.js';
import type { MsixEntry } from './msix-entry.js';
import type { MsixFunction } from './msix-function.js';
import type { Routes } from './routes.js';
import type { Route, RoutingTable } from './routing-table.js';
import { F, T, U, type Tri } from './tri.js';

type MsiRoute = Extract<Route, { type: 'msi' }>;
type Functions = ReadonlyMap<string, MsixFunction>;

/** The row a route belongs to. */
interface Owner {
  readonly fn: MsixFunction;
  readonly number: Entry;
  /** The eventfd whose irqfd the route had while it was the row's; undefined while it had none. */
  readonly fd?: number | undefined;
}

/** A signal on the irqfd of a masked row, and the message it has become. */
interface Bypass {
  readonly fn: MsixFunction;
  readonly entry: MsixEntry;
  readonly gsi: Gsi;
  readonly signal: Event;
  readonly bound: Event;
  readonly routed: Event | undefined;
  /** The route is the row's because it was set to the message that only this row held, not by the recorder's word. */
  readonly inferred: boolean;
  /** The message is this signal's, and the row was masked all the time. */
  readonly certain: Tri;
}

export class MsixBypass {
  private readonly functions: Functions;
  private readonly routes: Routes;
  private readonly irqfds: Irqfds;
  private table: RoutingTable | undefined;
  private tableBy: Event | undefined;
  private readonly inferred = new Map<Gsi, Owner>();
  /** Signals that came while their row was surely masked. */
  private readonly whileMasked = new WeakSet<Event>();

  constructor(functions: Functions, routes: Routes, irqfds: Irqfds) {
    this.functions = functions;
    this.routes = routes;
    this.irqfds = irqfds;
  }

  clear(): void {
    this.table = this.tableBy = undefined;
    this.inferred.clear();
  }

  /** The table replaces all routes; one that may be incomplete, or refused, tells nothing. */
  commit(e: EventOf<'kvm.routes'>): void {
    if (e.ret !== undefined && e.ret < 0) return;
    const before = this.table;
    const table = this.routes.asked(e);
    this.table = e.ret === 0 && table.complete ? table : undefined;
    this.tableBy = e;
    const known = this.functions.size > 0 ? (this.table?.routes ?? []) : [];
    const owners = new Map(this.inferred);
    this.inferred.clear();
    for (const [gsi, [route]] of known) {
      if (route?.type !== 'msi' || route.fn !== undefined) continue;
      const [was] = before?.routes.get(gsi) ?? [];
      const kept = was?.type === 'msi' && was.addr === route.addr && was.data === route.data ? owners.get(gsi) : undefined;
      const owner = kept ?? this.infer(route, table);
      if (owner !== undefined) this.inferred.set(gsi, { fd: this.irqfds.bindingsOf(gsi)[0]?.fd, ...owner });
    }
  }

  /** Another eventfd is another source: the GSI and its message may have been handed on with it. */
  bind({ fd, gsi, ret }: EventOf<'kvm.irqfd.assign'>): void {
    const owner = this.inferred.get(gsi);
    if (owner === undefined || (ret !== undefined && ret < 0)) return;
    if (owner.fd === undefined) this.inferred.set(gsi, { ...owner, fd });
    else if (owner.fd !== fd) this.inferred.delete(gsi);
  }

  signal(e: EventOf<'efd.signal'>): void {
    const gsi = this.gsiOf(e);
    const [route] = gsi === undefined ? [] : (this.table?.routes.get(gsi) ?? []);
    const owner = gsi !== undefined && route?.type === 'msi' ? this.ownerOf(gsi, route) : undefined;
    if (owner !== undefined && isMasked(owner, e)) this.whileMasked.add(e);
  }

  /** The masked row whose irqfd this message may have come through. */
  of(e: EventOf<'kvm.msi'>): Bypass | undefined {
    if (this.functions.size === 0 || e.taken === 0) return undefined;
    const signal = this.routes.trail.behind(e);
    const gsi = signal === undefined ? undefined : this.gsiOf(signal);
    if (signal === undefined || gsi === undefined || (e.gsi !== undefined && e.gsi !== gsi)) return undefined;
    const [route] = this.table?.routes.get(gsi) ?? [];
    const owner = route?.type === 'msi' ? this.ownerOf(gsi, route) : undefined;
    const [bound] = this.irqfds.bindingsOf(gsi);
    if (route?.type !== 'msi' || owner === undefined || bound === undefined) return undefined;
    const { fn } = owner;
    const entry = fn.peek(owner.number);
    const expected = messageOfRoute(route);
    const said = messageOf(e);
    if (!this.whileMasked.has(signal) || fn.maskedAt(entry, e) !== T || sameMessage(expected, said) === F) return undefined;
    const own = expected.vec !== undefined && expected.vec === said.vec && this.isAlone(gsi, said) && !this.hasAlias(entry, said, e);
    const certain = own && this.irqfds.hasIrqfd(gsi) === T ? T : U;
    return { fn, entry, gsi, signal, bound: bound.by, routed: this.tableBy, inferred: route.fn === undefined, certain };
  }

  /** The GSI that a signal reaches; undefined where the eventfd's binding is not known. */
  gsiOf(e: EventOf<'efd.signal'>): Gsi | undefined {
    return e.gsi ?? (e.fd === undefined ? undefined : this.irqfds.bindingOfFd(e.fd)?.gsi);
  }

  /** The row whose messages a route sends, as far as it is known. */
  ownerOf(gsi: Gsi, route: MsiRoute): Owner | undefined {
    const fn = route.fn === undefined ? undefined : this.functions.get(route.fn);
    if (fn !== undefined && route.entry !== undefined) return { fn, number: route.entry };
    return route.fn === undefined ? this.inferred.get(gsi) : undefined;
  }

  /** The one live row that holds the message, if the table has it once. */
  private infer({ addr, data }: MsiRoute, table: RoutingTable): Owner | undefined {
    if (addr === undefined || data === undefined) return undefined;
    const owners = this.rows().filter(({ entry }) => entry.holds({ addr, data }) === T);
    const [only, second] = owners;
    if (only === undefined || second !== undefined || only.fn.live(only.entry) !== T) return undefined;
    const twins = [...table.routes.values()].flat().filter((other) => other.type === 'msi' && other.addr === addr && other.data === data);
    return twins.length === 1 ? { fn: only.fn, number: only.entry.number } : undefined;
  }

  /** Does no other route carry the message? The fast path shows no GSI. */
  isAlone(gsi: Gsi, said: Message): boolean {
    for (const [other, routes] of this.table?.routes ?? [])
      if (other !== gsi && routes.some((route) => route.type === 'other' || (route.type === 'msi' && sameMessage(messageOfRoute(route), said) !== F))) return false;
    return this.table !== undefined;
  }

  /** Could another row have sent it? */
  hasAlias(entry: MsixEntry, said: Message, e: Event): boolean {
    return this.rows().some(({ fn, entry: other }) => other !== entry && fn.maySend(other, e) !== F && sameMessage(other.message, said) !== F);
  }

  private rows(): { fn: MsixFunction; entry: MsixEntry }[] {
    return [...this.functions.values()].flatMap((fn) => [...fn.entries.values()].map((entry) => ({ fn, entry })));
  }
}

/** Masked, and the VMM has come back from it: until then it may not have unbound the irqfd yet. */
function isMasked({ fn, number }: Owner, e: Event): boolean {
  const entry = fn.peek(number);
  const by = fn.fmask === T ? fn.fmaskBy : entry.maskBy;
  return fn.maskedAt(entry, e) === T && (by === undefined || by.tid >= 0 || !(e.ns - by.ns <= LANDED_AFTER));
}

const messageOfRoute = (route: MsiRoute): Message => decodeMessage(route.addr, route.data);
