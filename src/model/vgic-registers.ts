// What a guest writes to the registers of its virtual GIC, and what becomes of it in KVM's view of the interrupts. Linux
// arch/arm64/kvm/vgic/vgic-mmio.c, vgic-mmio-v2.c, vgic-mmio-v3.c.

import type { Event, EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Steps } from './component.js';
import type { Context } from './context.js';
import { FIRST_LPI } from './intids.js';
import { RegisterWrites } from './register-writes.js';
import { F, T, U, known, type Tri } from './tri.js';
import type { Entries } from './vgic-entries.js';
import type { Interrupt, Interrupts } from './vgic-interrupts.js';
import type { Queueing } from './vgic-queueing.js';

type Change = Event & { readonly id: Intid; readonly cpu?: Vcpu | undefined };

export class VgicRegisters {
  readonly writes = new RegisterWrites();
  /** The guest's distributor forwards interrupts. */
  distributor: Tri = U;
  /** The guest's latest write of its enable. */
  private distributorBy: Event | undefined;
  /** The latest list register that was filled with something pending, which only the distributor lets through. */
  private passedBy: Event | undefined;
  /** The latest event that may have changed any LPI. */
  lpisBy: Event | undefined;
  private readonly ctx: Context;
  private readonly interrupts: Interrupts;
  private readonly entries: Entries;
  private readonly queueing: Queueing;

  readonly steps: Steps = {
    'gic.cfg': (e) => this.change(e, (of) => of.configure(e)),
    'gic.prio': (e) => this.change(e, (of) => of.prioritise(e)),
    'gic.group': (e) => this.change(e, (of) => (of.written.group = e)),
    'gic.route': (e) => this.change(e, (of) => (of.routeBy = e)),
    'gic.act': (e) => this.activate(e),
    'gic.read': (e) => this.interrupts.named(e.id, e.cpu)?.written.readBack(e),
    'gic.pend': (e) => this.pend(e),
    'gic.dist': (e) => this.control(e),
    'vgic.lpis': (e) => this.changeLpis(e),
  };

  constructor(ctx: Context, interrupts: Interrupts, entries: Entries, queueing: Queueing) {
    this.ctx = ctx;
    this.interrupts = interrupts;
    this.entries = entries;
    this.queueing = queueing;
  }

  begin(fromReset: boolean): void {
    this.writes.clear();
    this.distributor = fromReset ? F : U;
    this.distributorBy = this.passedBy = this.lpisBy = undefined;
  }

  /** Does the distributor surely forward interrupts as `e` happens? User space may have put another state in place, unseen. */
  private isOn(e: Event): boolean {
    const { distributorBy: by, passedBy } = this;
    return this.distributor === T && by !== undefined && this.writes.isDone(by, e) && (this.isFresh(by, e) || this.isFresh(passedBy, e));
  }

  /** KVM fills a list register. */
  pass(e: EventOf<'vgic.flush'>): void {
    if (e.st === 'P') this.passedBy = e;
  }

  /** Where an interrupt goes once it is pending, as far as that is known: where it was sent, or has just gone. */
  private targetOf({ cpu, id, routeBy, filledBy }: Interrupt, e: Event): Vcpu | undefined {
    if (cpu !== undefined) return cpu;
    const gone = this.isFresh(filledBy, e) ? filledBy : undefined;
    if (id >= FIRST_LPI) return gone !== undefined && gone.seq > (this.lpisBy?.seq ?? -1) ? gone.cpu : undefined;
    return this.isFresh(routeBy, e) || gone?.cpu === routeBy?.cpu ? routeBy?.cpu : undefined;
  }

  private isFresh(by: Event | undefined, e: Event): boolean {
    return by !== undefined && by.stream === e.stream && this.ctx.recent(by, e);
  }

  /** `event` changes an interrupt that it names. */
  private change(e: Change, change: (of: Interrupt) => void): Interrupt | undefined {
    this.writes.begin(e);
    const of = this.interrupts.named(e.id, e.cpu);
    if (of === undefined) {
      this.forget(e.id);
      return undefined;
    }
    of.touchedBy = e;
    change(of);
    this.entries.settle(of);
    return of;
  }

  /** KVM looks whether it is to be delivered. */
  look(e: EventOf<'vgic.irq'>): void {
    this.queueing.queued(e);
    const of = this.interrupts.named(e.vid, e.cpu);
    of?.learn(e);
    if (of === undefined) {
      this.interrupts.doubt(e);
      return this.entries.settleAll(({ id }) => id === e.vid);
    }
    if (e.lr !== undefined) return this.entries.settle(of);
    const pending = e.latch === 1 || (e.line === 1 && of.edge === F);
    if (e.enabled === 0 || (e.latch === 0 && e.line === 0)) return this.entries.settle(of);
    const target = this.targetOf(of, e);
    if (!pending || e.enabled !== 1 || e.active !== 0 || target === undefined || !this.isOn(e)) return;
    this.entries.owe('vgic.inject', of, e, [of.routeBy, of.drivenBy].filter((event) => event !== undefined), target);
  }

  enable(e: EventOf<'gic.en'>): Interrupt | undefined {
    const of = this.change(e, (each) => each.enable(e));
    if (of !== undefined && e.val === 1) this.queueing.set(of, e);
    return of;
  }

  private forget(vid: Intid): void {
    this.interrupts.forget(vid);
    this.entries.settleAll(({ id }) => id === vid);
  }

  private pend(e: EventOf<'gic.pend'>): void {
    const of = this.change(e, (each) => (each.latch = known(e.val)));
    if (of !== undefined && e.val === 1) this.queueing.set(of, e);
  }

  private activate(e: EventOf<'gic.act'>): void {
    const of = this.change(e, () => {});
    if (of !== undefined && e.val === 1) this.queueing.set(of, e);
  }

  private control(e: EventOf<'gic.dist'>): void {
    this.writes.begin(e);
    this.distributor = known(e.val);
    this.distributorBy = e;
    if (e.val !== 1) this.entries.clear();
  }

  private changeLpis(e: EventOf<'vgic.lpis'>): void {
    this.lpisBy = e;
    this.entries.settleAll(({ id }) => id >= FIRST_LPI);
  }
}
