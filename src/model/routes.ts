// The GSI routing table. KVM irqchip.c (kvm_set_irq_routing replaces the whole table, kvm_irq_routing_update follows in every irqfd).

import type { EventOf } from '../event.js';
import { gsi, pin, type Gsi, type Pin } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { PinOwners } from './pin-owners.js';
import { RouteGrowth } from './route-growth.js';
import { IOAPIC_PINS, parseRoutingTable, sameRoutes, type Route, type RoutingTable } from './routing-table.js';
import { SignalTrail } from './signal-trail.js';
import { illegal } from './table-check.js';
import { F, T, U, join, type Tri } from './tri.js';

const NO_ROUTES: readonly Route[] = [];
/** KVM_MAX_IRQ_ROUTES on x86 of old, and on every architecture since Linux 4.17. */
const OLD_LIMIT = 1024;
const LIMIT = 4096;

/** A GSI that a commit has left without a route. */
export interface Dropped {
  readonly by: EventOf<'kvm.routes'>;
  /** The routes it had. */
  readonly routes: readonly Route[];
}
/** Dropped GSIs that are remembered; each holds on to its commit. */
const REMEMBERED = 1024;

export class Routes implements Component {
  readonly growth = new RouteGrowth();
  readonly trail = new SignalTrail();
  private readonly ctx: Context;
  private readonly commits: Channel;
  private readonly owners = new PinOwners();
  private readonly droppedBy = new Map<Gsi, Dropped>();
  private current: RoutingTable | undefined;
  /** The table of a commit whose thread has not come back yet: the old and this one are both possible. */
  private next: RoutingTable | undefined;
  private parsed: { by: EventOf<'kvm.routes'>; table: RoutingTable } | undefined;
  private defaultPins = false;
  /** The largest table, in entries or GSI numbers, that was taken. */
  private taken = 0;
  /** The commit that set the table. */
  by: EventOf<'kvm.routes'> | undefined;
  /** Entries of the table as the ioctl counted them; undefined while unknown. */
  nr: number | undefined;

  readonly steps: Steps = {
    'kvm.routes': (e) => this.commit(e),
    'efd.signal': (e) => this.trail.signal(e),
    'kvm.msi': (e) => this.trail.passed(e),
    'kvm.set_irq': (e) => this.trail.passed(e),
    'msix.use': (e) => this.growth.use(e),
    'msix.unuse': (e) => this.growth.unuse(e),
    'msix.unuse_all': (e) => this.growth.release(e, this.nr),
    'msix.ctrl': (e) => this.growth.enable(e),
    'msi.ctrl': (e) => this.growth.enable(e),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.commits = ctx.channels.of('kvm.routes');
  }

  begin(fromReset: boolean): void {
    this.forget();
    this.owners.clear();
    this.growth.clear();
    this.trail.clear();
    this.taken = 0;
    this.defaultPins = fromReset;
  }

  lose(event: EventOf<'meta.lost'>): void {
    this.growth.clear();
    this.trail.clear();
    if (!this.ctx.channels.survivesLossOf(event.stream, 'kvm.routes')) this.begin(false);
  }

  /** The table in force; undefined while unknown or being replaced. */
  get table(): RoutingTable | undefined {
    return this.next === undefined ? this.current : undefined;
  }

  /** The table that a commit asks for. */
  asked(e: EventOf<'kvm.routes'>): RoutingTable {
    if (this.parsed?.by !== e) this.parsed = { by: e, table: parseRoutingTable(e.map, e.nr) };
    return this.parsed.table;
  }

  /** Has the asked table more entries, or a higher GSI, than KVM takes? */
  overLimit(e: EventOf<'kvm.routes'>): Tri {
    const table = this.asked(e);
    const size = Math.max(e.nr, table.end);
    const { maxRoutes } = this.ctx.config;
    const least = maxRoutes ?? (this.taken > OLD_LIMIT ? LIMIT : OLD_LIMIT);
    if (size > (maxRoutes ?? Math.max(LIMIT, this.taken))) return T;
    return size > least || !table.complete ? U : F;
  }

  /** Does the GSI have a route? */
  routed(number: Gsi): Tri {
    const now = has(this.current, number);
    return this.next === undefined ? now : join(now, has(this.next, number));
  }

  /** Routes of a GSI; empty where it has none or they are unknown. */
  of(number: Gsi): readonly Route[] {
    return this.certain(number) ?? NO_ROUTES;
  }

  /** Is the GSI's one route a message? */
  isMsi(number: Gsi): Tri {
    const routes = this.of(number);
    if (routes.length === 0) return this.routed(number) === F ? F : U;
    if (routes.some((route) => route.type === 'other')) return U;
    return routes.some((route) => route.type === 'msi') ? T : F;
  }

  /** The commit that left a GSI without a route, while it has none. */
  dropped(number: Gsi): Dropped | undefined {
    return this.droppedBy.get(number);
  }

  /** IOAPIC pins a GSI drives; undefined while the table is unknown. */
  pinsOf(number: Gsi): readonly Pin[] | undefined {
    if (this.current === undefined) return this.isDefault(number) ? [pin(number)] : undefined;
    return this.certain(number)?.flatMap((route) => (route.type === 'ioapic' ? [route.pin] : []));
  }

  /** The GSI whose acknowledge notifiers an IOAPIC pin runs. */
  gsiOfPin(number: Pin): Gsi | undefined {
    if (this.current === undefined) return this.isDefault(number) ? gsi(number) : undefined;
    if (!this.current.complete) return undefined;
    const now = this.current.pins.get(number);
    return this.next === undefined || this.next.pins.get(number) === now ? now : undefined;
  }

  /** The only GSI that has ever driven a pin of a chip; undefined if there were several, or it is not known. */
  soleGsiOf(chip: 'ioapic' | 'pic', number: Pin): Gsi | undefined {
    const before = this.isDefault(number) ? gsi(number) : undefined;
    if (this.current === undefined) return before;
    const sole = this.current.complete ? this.owners.of(chip, number) : undefined;
    return before === undefined || before === sole ? sole : undefined;
  }

  /** Has another GSI driven a pin of this one? Then the bits of both are one. */
  sharesPins(number: Gsi): boolean {
    return this.owners.share(number);
  }

  /** Routes of a GSI; undefined where they are not known, or a commit under way may change them. */
  private certain(number: Gsi): readonly Route[] | undefined {
    if (has(this.current, number) === U) return undefined;
    const now = this.current?.routes.get(number) ?? NO_ROUTES;
    if (this.next === undefined) return now;
    return sameRoutes(now, this.next.routes.get(number) ?? NO_ROUTES) ? now : undefined;
  }

  /** Until a table is recorded, a pin belongs to the GSI of its number: KVM's default. */
  private isDefault(number: number): boolean {
    return this.defaultPins && number < IOAPIC_PINS && this.commits.covered;
  }

  private forget(): void {
    this.current = this.next = this.parsed = this.by = this.nr = undefined;
    this.droppedBy.clear();
  }

  /** `ret<0` leaves the old table. Without a return value a legal table was taken; of another it cannot be told. */
  private commit(e: EventOf<'kvm.routes'>): void {
    if (e.ret !== undefined && e.ret < 0) return;
    const table = this.asked(e);
    const overlaps = this.next !== undefined;
    this.next = undefined;
    if (e.ret !== undefined) this.take(e, table);
    else if (overlaps || illegal(table) !== F) this.forget();
    else {
      this.next = table;
      this.owners.add(table);
      // Probes show the entries before the new table takes the old one's place.
      this.ctx.flights.write(e, () => {
        if (this.next === table) this.take(e, table);
      });
    }
  }

  private take(e: EventOf<'kvm.routes'>, table: RoutingTable): void {
    for (const [number, routes] of this.current?.routes ?? [])
      if (has(table, number) === F) this.droppedBy.set(number, { by: e, routes });
    for (const number of table.routes.keys()) this.droppedBy.delete(number);
    for (const number of this.droppedBy.keys()) {
      if (this.droppedBy.size <= REMEMBERED) break;
      this.droppedBy.delete(number);
    }
    this.current = table;
    this.next = undefined;
    this.owners.add(table);
    this.growth.commit(e);
    this.taken = Math.max(this.taken, e.nr, table.end);
    this.by = e;
    this.nr = e.nr;
  }
}

function has(table: RoutingTable | undefined, number: Gsi): Tri {
  if (table === undefined) return U;
  if (table.routes.has(number)) return T;
  return table.complete ? F : U;
}
