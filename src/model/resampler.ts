// Resamplers: at the acknowledge of its pin a GSI's source 1 is lowered once, then every resamplefd of the GSI is signalled.
// KVM virt/kvm/eventfd.c (irqfd_resampler_ack, irqfd_resampler_shutdown).

import type { EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import type { Binding } from './eventfds.js';
import type { Irqfds } from './irqfd.js';
import type { Routes } from './routes.js';
import { RESAMPLE, type Sources } from './sources.js';
import { T } from './tri.js';

const IOAPIC = 2;
/** The virtual GIC, which knows no sources: what is asserted by whom does not matter there. */
const GIC = 3;
const NONE: readonly Binding[] = [];

/** One acknowledge and what has followed it. */
interface Cycle {
  readonly ack: EventOf<'kvm.ack'>;
  /** Resample irqfds bound at the acknowledge. */
  readonly bound: readonly Binding[];
  /** Resamplefds that have been signalled since; undefined if one was that the recorder does not name. */
  told: Set<number> | undefined;
}

export class Resamplers {
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly sources: Sources;
  private readonly irqfds: Irqfds;
  private readonly notifications: Channel;
  private readonly cycles = new Map<Gsi, Cycle>();
  private readonly notices = new Map<Gsi, EventOf<'kvm.resample'>>();
  /** GSIs whose acknowledge ran no resampler, by the next acknowledge of the same thread. */
  private readonly skipped = new Map<Gsi, EventOf<'kvm.ack'>>();
  /** GSIs of the virtual GIC whose acknowledge was seen to run a resampler, by what showed it. */
  private readonly registered = new Map<Gsi, EventOf<'kvm.set_irq'>>();

  constructor(ctx: Context, routes: Routes, sources: Sources, irqfds: Irqfds) {
    this.ctx = ctx;
    this.routes = routes;
    this.sources = sources;
    this.irqfds = irqfds;
    this.notifications = ctx.channels.of('kvm.resample');
  }

  begin(): void {
    this.rerouted();
    this.cycles.clear();
    this.notices.clear();
    this.registered.clear();
  }

  /** The GSI whose notifiers an acknowledge runs. */
  gsiOf(e: EventOf<'kvm.ack'>): Gsi | undefined {
    return e.gsi ?? (e.chip === IOAPIC ? this.routes.gsiOfPin(e.pin) : undefined);
  }

  /** What has shown that the virtual GIC's acknowledges of the GSI run a resampler. */
  registeredBy(gsi: Gsi): EventOf<'kvm.set_irq'> | undefined {
    return this.registered.get(gsi);
  }

  /** irqfds of the GSI come or go. */
  rebound(gsi: Gsi): void {
    if (this.registered.delete(gsi)) this.ctx.owed.clear('resample.notify', gsi);
  }

  /** The latest acknowledge of a pin of the GSI. */
  latestAck(gsi: Gsi): EventOf<'kvm.ack'> | undefined {
    return this.cycles.get(gsi)?.ack;
  }

  /** The latest signal of a resamplefd of the GSI. */
  latestNotification(gsi: Gsi): EventOf<'kvm.resample'> | undefined {
    return this.notices.get(gsi);
  }

  /** A GSI may have other pins now. */
  rerouted(): void {
    this.skipped.clear();
    this.ctx.owed.forgive('resample.notify');
    this.ctx.owed.forgive('resample.notify-all');
  }

  ack(e: EventOf<'kvm.ack'>): void {
    const gsi = this.gsiOf(e);
    if (gsi === undefined) return;
    const before = this.cycles.get(gsi);
    if (before !== undefined) this.again(before, gsi, e);
    const irqfds = this.irqfds.bindingsOf(gsi);
    const bound = irqfds.length === 0 ? NONE : irqfds.filter(({ resample }) => resample !== undefined);
    this.cycles.set(gsi, { ack: e, bound, told: new Set() });
    const registered = e.chip === GIC && this.registered.has(gsi);
    if ((bound.length > 0 || registered) && this.ctx.owed.open('resample.notify', gsi) === undefined) this.owe(gsi, e, bound);
  }

  notified(e: EventOf<'kvm.resample'>): void {
    this.ran(e.gsi, e);
    this.notices.set(e.gsi, e);
    const cycle = this.cycles.get(e.gsi);
    if (cycle === undefined) return;
    if (e.fd === undefined) cycle.told = undefined;
    cycle.told?.add(e.fd ?? 0);
    // Where calls take time an irqfd may have left the list before its deassign is told.
    if (cycle.ack.tid < 0 && e.tid < 0) for (const binding of cycle.bound) this.account(cycle, binding);
  }

  /** A line falls. The resampler lowers it before it notifies; who tells of threads may not tell of every notification. */
  lowered(e: EventOf<'kvm.set_irq'>): void {
    if (e.source !== RESAMPLE || e.tid < 0) return;
    this.ran(e.gsi, e);
    const ack = this.cycles.get(e.gsi)?.ack;
    if (ack?.chip === GIC && ack.tid === e.tid && ack.stream === e.stream) this.registered.set(e.gsi, e);
  }

  /** The irqfd is gone or about to be: it need not be notified any more. */
  gone({ gsi, fd, resample }: Binding): void {
    if (resample === undefined) return;
    this.skipped.delete(gsi);
    this.ctx.owed.clear('resample.notify', gsi);
    this.ctx.owed.clear('resample.notify-all', fd);
  }

  private owe(gsi: Gsi, e: EventOf<'kvm.ack'>, bound: readonly Binding[]): void {
    const bit = this.sources.bit(gsi, RESAMPLE);
    if ((e.chip !== GIC && bit?.level !== T) || (e.tid < 0 && !this.notifications.covered)) return;
    const shown = e.chip === GIC ? this.registered.get(gsi) : bit?.by;
    const because = [...bound.map(({ by }) => by), shown].filter((event) => event !== undefined);
    this.ctx.owed.owe({ name: 'resample.notify', key: gsi, entity: `gsi:${gsi}`, by: e, because });
  }

  /** The pin is acknowledged once more: whatever the acknowledge before owed is late, if one thread did both in turn. */
  private again(before: Cycle, gsi: Gsi, e: EventOf<'kvm.ack'>): void {
    const { owed } = this.ctx;
    if (e.tid < 0) for (const { fd } of before.bound) owed.late('resample.notify-all', fd, e);
    const debt = owed.open('resample.notify', gsi);
    if (debt === undefined) return;
    if (debt.by.tid !== e.tid || this.ctx.unordered(debt.by, e)) {
      owed.clear('resample.notify', gsi);
      this.skipped.delete(gsi);
    } else if (e.tid < 0) owed.late('resample.notify', gsi, e);
    else this.skipped.set(gsi, e);
  }

  /** The resampler runs. If it runs for the second of two acknowledges, it was there at the first and did not: a deassign was not under way. */
  private ran(gsi: Gsi, e: EventOf<'kvm.resample'> | EventOf<'kvm.set_irq'>): void {
    if (e.tid >= 0 && this.skipped.get(gsi)?.tid === e.tid) this.ctx.owed.late('resample.notify', gsi, e);
    else this.ctx.owed.clear('resample.notify', gsi);
    this.skipped.delete(gsi);
  }

  /** Once one is notified, all are owed it. */
  private account({ ack, bound, told }: Cycle, { fd, resample, by }: Binding): void {
    const { owed } = this.ctx;
    if (told === undefined || resample === undefined || told.has(resample)) owed.clear('resample.notify-all', fd);
    else if (this.irqfds.bindingOfFd(fd)?.by === by && owed.open('resample.notify-all', fd) === undefined) {
      owed.owe({ name: 'resample.notify-all', key: fd, entity: `irqfd:${fd}`, by: ack, because: bound.map((binding) => binding.by) });
    }
  }
}
