// The virtual GIC of KVM: list registers filled at entry and read back at exit, and the interrupts behind them. Linux
// arch/arm64/kvm/vgic (vgic_flush_lr_state, vgic_v3_populate_lr, vgic_v3_fold_lr_state); Arm IHI 0069, ICH_LR<n>_EL2.
// A kernel's probes and a log of the hardware are two views with two clocks: each recorder has list registers of its own here, and
// nothing of one is concluded from the other.

import type { Event, EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Forwarding } from './forwarding.js';
import { GuestEnds } from './guest-ends.js';
import { isSpecial } from './intids.js';
import { ANY, type ListRegister, type LrBank } from './lr-bank.js';
import { LrBanks } from './lr-banks.js';
import { lrStatus, type LrStatus } from './lr-status.js';
import { physicalCpu, type PhysicalGic } from './physical-gic.js';
import { F, T, U, known } from './tri.js';
import { Unhanded } from './unhanded.js';
import { Entries } from './vgic-entries.js';
import { Queueing } from './vgic-queueing.js';
import { VgicRegisters } from './vgic-registers.js';
import { VgicSight } from './vgic-sight.js';
import { Interrupts, type Interrupt } from './vgic-interrupts.js';

export class Vgic implements Component {
  readonly interrupts = new Interrupts();
  private readonly ctx: Context;
  private readonly forwarding: Forwarding;
  private readonly entries: Entries;
  readonly banks = new LrBanks();
  readonly sight: VgicSight;
  readonly unhanded: Unhanded;
  readonly queueing: Queueing;
  readonly registers: VgicRegisters;
  private readonly ends: GuestEnds;

  readonly steps: Steps;

  private readonly own: Steps = {
    'vgic.flush': (e) => this.flush(e),
    'vgic.fold': (e) => this.fold(e),
    'vgic.drop': (e) => this.drop(e),
    'vgic.hcr': (e) => this.bank(e.stream, e.cpu).command(e.val),
    'vgic.status': (e) => this.bank(e.stream, e.cpu).learn(e),
    'vgic.irq': (e) => this.registers.look(e),
    'kvm.ack': (e) => this.interrupts.acknowledged(e),
    'vgic.state': (e) => this.interrupts.named(e.vid, e.cpu)?.adopt(e, this.ctx),
    'cpu.enter': (e) => this.enter(e),
    'pgic.iar': (e) => this.unhanded.acknowledge(e, this.bank(e.stream, e.cpu)),
    'gic.iar': (e) => this.acknowledge(e),
    'gic.eoir': (e) => this.ends.ended(e),
    'gic.dir': (e) => this.ends.ended(e),
    'gic.eoimode': (e) => {
      this.ctx.guestModes.tell(e.stream, e.cpu, known(e.val));
      this.ends.goUnseen(e);
    },
    'gic.in': (e) => this.drive(e),
    'gic.en': (e) => this.enable(e),
  };

  constructor(ctx: Context, physical: PhysicalGic, forwarding: Forwarding) {
    this.ctx = ctx;
    this.forwarding = forwarding;
    this.sight = new VgicSight(ctx);
    this.unhanded = new Unhanded(ctx);
    this.entries = new Entries(ctx, (vid, than, cpu) => (this.interrupts.of(vid, cpu).priority ?? -1) > (than.priority ?? Infinity));
    this.queueing = new Queueing(ctx);
    this.registers = new VgicRegisters(ctx, this.interrupts, this.entries, this.queueing);
    this.ends = new GuestEnds(ctx, physical, forwarding, this);
    this.steps = { ...this.own, ...this.banks.steps, ...this.registers.steps };
  }

  begin(fromReset: boolean): void {
    this.interrupts.begin(fromReset);
    this.entries.clear();
    this.banks.begin(fromReset);
    this.ctx.guestModes.clear();
    this.unhanded.clear();
    this.queueing.clear();
    this.registers.begin(fromReset);
  }

  lose(): void {
    this.begin(false);
  }

  /** The list registers of a vCPU as a stream shows them. */
  bank(stream: number, cpu: Vcpu): LrBank {
    return this.banks.of(stream, cpu);
  }

  holders(stream: number, vid: Intid): ReturnType<LrBanks['holders']> {
    return this.banks.holders(stream, vid);
  }

  /** Is it known of every list register of a vCPU what it holds? */
  isKnown(bank: LrBank): boolean {
    return bank.isKnown(bank.total(this.ctx.config.nrLr));
  }

  /** Status of a vCPU's list registers. */
  status(stream: number, cpu: Vcpu): LrStatus {
    const bank = this.bank(stream, cpu);
    return lrStatus(bank, bank.total(this.ctx.config.nrLr), (isActive) => this.sight.showsMoves(stream, isActive));
  }

  private acknowledge(e: EventOf<'gic.iar'>): void {
    if (isSpecial(e.id)) return;
    this.bank(e.stream, e.cpu).acknowledge(e, this.sight.showsEnds(e.stream));
    this.ends.goUnseen(e);
  }

  private flush(e: EventOf<'vgic.flush'>): void {
    this.bank(e.stream, e.cpu).flush(e);
    if (e.st === 'I') return;
    this.ends.goUnseen(e);
    this.unhanded.fill(e, physicalCpu(e));
    this.registers.pass(e);
    const of = this.interrupts.of(e.vid, e.cpu);
    of.fill(e);
    this.entries.settle(of);
  }

  private enter(e: EventOf<'cpu.enter'>): void {
    const bank = this.bank(e.stream, e.cpu);
    this.registers.writes.runs(e);
    this.goesOn(e);
    const watched = this.sight.isWatched(e.stream);
    if (!watched) for (const slot of bank.slots.values()) this.ends.mayDeactivate(slot, e, U);
    bank.enter(e, watched);
    if (this.ctx.config.nrLr !== undefined) this.oweSlots(e);
    this.entries.entered(e, bank, this.banks.in(e.stream));
  }

  /** With all registers taken the more urgent comes first. */
  private oweSlots(e: Event): void {
    for (const of of this.interrupts.all()) {
      const pending = of.high === T || (of.edge === T && of.latch === T);
      if (!pending || of.enabled !== T || of.lineBy === undefined || this.holders(e.stream, of.id).length > 0) continue;
      this.entries.owe('vgic.slot', of, of.lineBy, of.enabledBy === undefined ? [] : [of.enabledBy]);
    }
  }

  /** The thread is done with what it did before: it runs its guest, or a new call of user space begins. */
  private goesOn(e: Event): void {
    this.queueing.settled(e);
    this.entries.goesOn(e);
  }

  private fold(e: EventOf<'vgic.fold'>): void {
    const bank = this.bank(e.stream, e.cpu);
    if (e.lr === undefined) {
      for (const slot of bank.slots.values()) this.readBack(slot, e, undefined);
      return bank.emptied();
    }
    const slot = bank.slots.get(e.lr);
    if (slot !== undefined && slot.vid === e.vid) this.readBack(slot, e, e.st);
    else if (e.vid !== undefined && e.kept !== 1) this.interrupts.of(e.vid, e.cpu).fold(e, e.st);
    bank.fold(e);
    this.ends.goUnseen(e);
    if (e.kept === 1) this.unhanded.fill(e, physicalCpu(e));
  }

  private readBack(slot: ListRegister, e: EventOf<'vgic.fold'>, st: EventOf<'vgic.fold'>['st']): void {
    const of = this.interrupts.of(slot.vid, e.cpu);
    of.fold(e, st);
    if (st !== undefined) this.ends.learn(slot, e, st);
    if (slot.hw === F && st !== 'P' && st !== 'A' && st !== 'PA') this.oweLevel(of, e, slot.by);
    if (of.edge !== T || (st !== 'P' && st !== 'PA')) return;
    if (of.enabled === T && this.registers.distributor === T) this.entries.owe('vgic.edge', of, e, [slot.by]);
  }

  private drop(e: EventOf<'vgic.drop'>): void {
    const of = this.interrupts.of(e.vid, e.cpu);
    const bank = this.bank(e.stream, e.cpu);
    const [slot] = bank.holding(e.vid, ANY);
    if (slot !== undefined) bank.slots.delete(slot.lr);
    this.entries.late('vgic.edge', of, e);
    if (slot?.hw !== T) this.oweLevel(of, e, slot?.by);
  }

  /** A level that is still up comes back at the next entry. */
  private oweLevel(of: Interrupt, by: Event, flush: Event | undefined): void {
    if (of.high !== T || of.enabled !== T || this.registers.distributor !== T) return;
    if (this.forwarding.mapOf(of.id, of.cpu) === undefined) this.entries.owe('vgic.level', of, by, [of.enabledBy, of.lineBy, flush].filter((event) => event !== undefined));
  }

  private drive(e: EventOf<'gic.in'>): void {
    const of = this.interrupts.named(e.id, e.cpu);
    if (e.user === 1) this.goesOn(e);
    if (of !== undefined) this.queueing.driven(of, e);
    of?.drive(e);
    if (of !== undefined && e.level === 0 && of.edge !== T) this.entries.settle(of);
  }

  private enable(e: EventOf<'gic.en'>): void {
    const wasOff = this.interrupts.named(e.id, e.cpu)?.enabled === F;
    const of = this.registers.enable(e);
    if (of === undefined) return;
    const map = this.forwarding.mapOf(of.id, of.cpu);
    if (!wasOff || e.val === 0 || of.high !== T || map === undefined || this.registers.distributor !== T || this.holders(e.stream, of.id).length > 0) return;
    this.entries.owe('fwd.inject', of, e, [map, of.lineBy].filter((event) => event !== undefined));
  }
}
