// A Generic Interrupt Controller, version 2 or 3: distributor, redistributors and CPU interfaces. Arm IHI 0048B, IHI 0069; QEMU
// hw/intc/arm_gic.c, arm_gicv3_*.c. The machine has two: the guest's, or the only one, and the physical one under a hypervisor.

import type { Event, EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { GicBanks } from './gic-banks.js';
import type { GicCpu } from './gic-cpu.js';
import { GicDistributor } from './gic-distributor.js';
import { stepsOf, type Change, type GicEvent, type GicTable, type GicView } from './gic-event.js';
import type { GicInterrupt } from './gic-interrupt.js';
import { GicSight } from './gic-sight.js';
import { Waiting } from './gic-waiting.js';
import { FIRST_LPI, FIRST_PPI, FIRST_SPECIAL, SPURIOUS, isInterrupt, isSpecial } from './intids.js';
import type { PhysicalGic } from './physical-gic.js';
import { F, T, U, join, known, type Tri } from './tri.js';

export class Gic implements Component, PhysicalGic {
  readonly view: GicView;
  private readonly ctx: Context;
  readonly steps: Steps;
  private banks = new GicBanks();
  distributor: GicDistributor;
  readonly sight: GicSight;
  /** A hypervisor hands its interrupts out in list registers: what its distributor holds is not what the CPU finds. */
  private listed = false;
  readonly waiting: Waiting;
  /** The SGI that was generated last. */
  generated: GicEvent<'sgi'> | undefined;

  private readonly table: GicTable = {
    in: (e) => {
      this.distributor.heard(e);
      this.change(e, (of) => of.drive(e));
    },
    cfg: (e) => this.change(e, (of) => of.program(e)),
    en: (e) => this.change(e, (of) => of.enable(e)),
    pend: (e) => this.pend(e),
    sgi: (e) => void (this.generated = e),
    act: (e) => this.change(e, (of) => of.writeActive(e, this.isVersion2)),
    prio: (e) => this.change(e, (of) => of.prioritise(e)),
    group: (e) => this.change(e, (of) => of.assign(e, this.isVersion2 ? this.banks.cpus() : [], this.sight.mayBeTakenUnseen(of))),
    route: (e) => this.change(e, (of) => of.route(e, this.isVersion2)),
    pmr: (e) => this.cpu(e.cpu).mask(e),
    bpr: (e) => this.cpu(e.cpu).setPoint(e),
    grpen: (e) => this.cpu(e.cpu).setGroup(e),
    eoimode: (e) => this.cpu(e.cpu).setMode(e),
    iar: (e) => this.acknowledge(e),
    eoir: (e) => this.end(e),
    dir: (e) => this.deactivate(e),
    rpr: (e) => this.cpu(e.cpu).learn(e, { seesAll: this.seesAllAcknowledges(e.cpu), outlives: this.isVersion2 }),
    read: (e) => this.waiting.note(this.distributor.read(e, this.of(e.id, e.cpu))),
    dist: (e) => this.control(e),
    apr: (e) => this.cpu(e.cpu).forget(),
    load: () => this.load(),
  };

  constructor(ctx: Context, view: GicView) {
    this.ctx = ctx;
    this.distributor = new GicDistributor(ctx);
    this.view = view;
    this.sight = new GicSight(ctx, view);
    const steps = stepsOf(view, this.table, (e) => this.distributor.accessed(e));
    this.steps = view === 'gic' ? { ...steps, 'vgic.flush': (e) => this.list(e), 'vgic.fold': (e) => this.list(e) } : steps;
    this.waiting = new Waiting(this, ctx);
  }

  begin(fromReset: boolean, modes = fromReset): void {
    // The host of a machine that is reset has been running: of its own GIC no more is known than that nobody holds its interrupts.
    this.banks = this.view === 'gic' ? new GicBanks({ fromReset, modes }) : new GicBanks({ idle: fromReset });
    this.listed = false;
    this.generated = undefined;
    this.distributor = new GicDistributor(this.ctx);
    this.waiting.clear();
  }

  /** What other recorders alone tell of the physical GIC stays known. */
  lose({ stream }: EventOf<'meta.lost'>): void {
    if (this.view === 'gic' || !this.ctx.channels.othersTell(stream, 'pgic.')) this.begin(false);
  }

  /** What `other` was told is of this one; `other` begins anew. */
  takeOver(other: Gic): void {
    this.banks = other.banks;
    this.distributor = other.distributor;
    this.sight.takeOver(other.sight);
    this.waiting.adopt(other.waiting);
    other.begin(false);
  }

  cpu(cpu: Vcpu): GicCpu {
    return this.banks.cpu(cpu);
  }

  /** The interrupt, on `cpu` where each CPU has its own; undefined if it is not told which, or for a special INTID. */
  of(id: Intid, cpu: Vcpu | undefined): GicInterrupt | undefined {
    return isSpecial(id) ? undefined : this.banks.of(id, cpu);
  }

  /** Is anything known of it? */
  isTracked(id: number, cpu: Vcpu): boolean {
    return this.banks.has(id, cpu);
  }

  all(): Iterable<GicInterrupt> {
    return this.banks.all();
  }

  cpus(): Iterable<GicCpu> {
    return this.banks.cpus();
  }

  /** Would every acknowledge of the CPU show? Those of a group that no interrupt is of do not happen; LPIs are of group 1. */
  seesAllAcknowledges(cpu: Vcpu): boolean {
    const lines = Math.min(this.ctx.config.gicLines ?? 0, FIRST_SPECIAL);
    return this.sight.seesAcknowledges(1) && (this.sight.seesAcknowledges(0) || (lines > 0 && this.banks.areOfGroup(T, lines, cpu)));
  }

  /** Interrupts not named so far are in the reset state. */
  get restIsIdle(): boolean {
    return this.banks.fromReset;
  }

  /** Is it the INTID of an interrupt that the GIC has? */
  exists(id: Intid): Tri {
    return isInterrupt(id, this.sight.isVirtual ? undefined : this.ctx.config.gicLines);
  }

  active(id: Intid, cpu: Vcpu): Tri {
    return id >= FIRST_LPI ? F : (this.of(id, cpu)?.active ?? U);
  }

  activeBy(id: Intid, cpu: Vcpu): Event | undefined {
    const of = this.of(id, cpu);
    return of?.active === T ? of.activeBy : of?.endBy;
  }

  /** Each Security state has a mode of its own. */
  eoimode(cpu: Vcpu): Tri {
    return this.isTwofold ? U : this.cpu(cpu).eoimode;
  }

  deactivateByHardware(id: Intid, cpu: Vcpu, by: Event, sure: Tri): void {
    const of = sure === F ? undefined : this.of(id, cpu);
    of?.activate(sure === T ? F : join(of.active, F), by);
    this.waiting.note(of);
  }

  /** Do interrupts of the group reach the CPU? */
  groupOn(group: Tri, cpu: Vcpu): Tri {
    return this.distributor.groupOn(group, this.cpu(cpu));
  }

  /** Two Security states use it. */
  get isTwofold(): boolean {
    return this.distributor.isTwofold;
  }

  get isVersion2(): boolean {
    return this.distributor.isVersion2;
  }

  private change(e: Change, change: (of: GicInterrupt) => void): void {
    this.sight.heard(e);
    if (this.listed) return;
    const of = this.of(e.id, e.cpu);
    if (of === undefined) {
      this.banks.forgetBanksOf(e.id);
      return this.waiting.clear();
    }
    this.distributor.change(e, of, change);
    this.waiting.note(of);
  }

  private pend(e: GicEvent<'pend'>): void {
    this.change(e, (of) => {
      const val = known(e.val);
      // QEMU's GICv2 clears the latches of all CPUs, and sets those that GICD_ITARGETSR<n> names (gic_dist_writeb).
      const isSpread = this.isVersion2 && of.cpu !== undefined && (val === F || this.sight.isAimed(of));
      if (isSpread) this.banks.spread(e.id, val, this.ctx.config.gicCpus);
      // Without a target nothing is latched.
      const kept = val === T && (isSpread || this.sight.isSplit(of)) ? join(of.latch, T) : val;
      if (of.id >= FIRST_PPI) of.set(kept, e);
      else of.setFrom(e.srccpu, val, e);
    });
  }

  private acknowledge(e: GicEvent<'iar'>): void {
    this.sight.acknowledged(e);
    this.distributor.heard(e);
    const cpu = this.cpu(e.cpu);
    cpu.acknowledges++;
    if (e.id === SPURIOUS && !cpu.drains) cpu.spurious++;
    cpu.drains = !isSpecial(e.id);
    const of = this.exists(e.id) === F ? undefined : this.of(e.id, e.cpu);
    this.waiting.passBy(e, of);
    if (of === undefined) return;
    this.distributor.take(e, of, this.sight.isSplit(of));
    this.distributor.learn(of.group, cpu);
    cpu.acknowledge(e, this.sight.priority(of));
    this.waiting.note(of);
  }

  private end(e: GicEvent<'eoir'>): void {
    this.distributor.heard(e);
    if (isSpecial(e.id)) return;
    const cpu = this.cpu(e.cpu);
    const { top } = cpu;
    const otherGroup = top?.by.group !== undefined && e.group !== undefined && top.by.group !== e.group;
    const sure = cpu.misplaced(e) === undefined && !otherGroup;
    if (otherGroup) cpu.forget();
    else cpu.drop(e);
    const of = e.id < FIRST_LPI ? this.of(e.id, e.cpu) : undefined;
    if (of === undefined) return;
    const mode = this.eoimode(e.cpu);
    if (mode === T) of.dropBy = e;
    else of.activate(sure && mode === F ? F : join(of.active, F), e);
    this.waiting.note(of);
  }

  private deactivate(e: GicEvent<'dir'>): void {
    const eoimode = this.eoimode(e.cpu);
    if (isSpecial(e.id) || e.id >= FIRST_LPI || eoimode === F) return;
    const of = this.of(e.id, e.cpu);
    of?.activate(eoimode === T ? F : join(of.active, F), e);
    this.waiting.note(of);
  }

  private control(e: GicEvent<'dist'>): void {
    if (this.distributor.mayBeNew(e)) this.begin(false);
    this.distributor.control(e);
  }

  private list({ vid, cpu }: EventOf<'vgic.flush'> | EventOf<'vgic.fold'>): void {
    this.listed = true;
    if (vid === undefined) this.load();
    else this.banks.forget(vid, cpu);
    this.waiting.clear();
  }

  /** Which guest's interrupts these are is no longer known. */
  load(): void {
    if (this.banks.isEmpty) return;
    this.banks = new GicBanks();
    this.waiting.clear();
  }
}
