// Interrupts that surely wait for a CPU, and what proves that they were passed over. Arm IHI 0069, 4.8: the CPU interface hands out
// the highest-priority pending interrupt; which of several equal ones is up to the implementation, in QEMU the one of lowest INTID.

import type { Event } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Context } from './context.js';
import { surelyBefore, groupOf, type GicCpu } from './gic-cpu.js';
import type { GicDistributor } from './gic-distributor.js';
import type { GicEvent } from './gic-event.js';
import type { GicInterrupt } from './gic-interrupt.js';
import type { GicSight } from './gic-sight.js';
import { Left } from './gic-left.js';
import { FIRST_LPI } from './intids.js';
import { F, T, known, type Tri } from './tri.js';

const NONE = 1023;
/** So often, and for so many ns, must a CPU take others that came later until nobody believes that interrupts were off each time. */
const PASSES = 32;
const STARVED = 100_000_000;

/** What is asked of the GIC whose interrupts these are. */
interface Distributor {
  cpu(cpu: Vcpu): GicCpu;
  of(id: GicInterrupt['id'], cpu: Vcpu | undefined): GicInterrupt | undefined;
  all(): Iterable<GicInterrupt>;
  isTracked(id: number, cpu: Vcpu): boolean;
  groupOn(group: Tri, cpu: Vcpu): Tri;
  readonly distributor: GicDistributor;
  readonly restIsIdle: boolean;
  readonly sight: GicSight;
}

export class Waiting {
  private readonly gic: Distributor;
  private readonly ctx: Context;
  private readonly pending = new Set<GicInterrupt>();
  /** What was asked last: several rules ask of one event. */
  private asked: Event | undefined;
  private first: GicInterrupt | undefined;
  readonly left: Left;

  constructor(gic: Distributor, ctx: Context) {
    this.gic = gic;
    this.ctx = ctx;
    this.left = new Left((cpu) => gic.cpu(cpu));
  }

  clear(): void {
    // V8 makes a new table for the empty one, too.
    if (this.pending.size > 0) this.pending.clear();
    this.left.clear();
  }

  adopt(other: Waiting): void {
    this.clear();
    for (const of of other.pending) this.pending.add(of);
  }

  /** Its state may have changed. */
  note(of: GicInterrupt | undefined): void {
    if (of === undefined || of.id >= FIRST_LPI) return;
    this.left.note(of);
    if (of.pending === T && of.enabled === T && of.active === F) this.pending.add(of);
    else if (this.pending.delete(of)) {
      of.passed = 0;
      of.waitsFrom = undefined;
    }
  }

  /** The interrupt that should have been returned instead, by the state before the event; undefined if none is known. */
  passedOver(e: GicEvent<'iar'> | GicEvent<'hppir'>): GicInterrupt | undefined {
    if (e !== this.asked) {
      this.asked = e;
      this.first = this.find(e);
    }
    return this.first;
  }

  private find(e: GicEvent<'iar'> | GicEvent<'hppir'>): GicInterrupt | undefined {
    let first: GicInterrupt | undefined;
    for (const of of this.pending) {
      // What runs does not matter to the register of the highest pending one.
      const due = e.kind.endsWith('.iar') ? this.isDue(of, e.cpu) : this.isHeard(of, e.cpu);
      if (!due || !this.precedes(of, e)) continue;
      if (first === undefined || (of.priority ?? NONE) < (first.priority ?? NONE)) first = of;
    }
    return first;
  }

  /** An interrupt that waits on although its CPU, free again, has taken others that came later. */
  starved(e: GicEvent<'iar'>): GicInterrupt | undefined {
    const passes = this.ctx.config.starveN ?? PASSES;
    for (const of of this.pending) if (of.passed >= passes && this.waited(of, e) >= STARVED && this.isFree(of, e)) return of;
    return undefined;
  }

  /** For how many ns it has waited for a CPU that was free to take it. */
  waited(of: GicInterrupt, e: GicEvent<'iar'>): number {
    const from = of.waitsFrom ?? this.gic.cpu(e.cpu).freeBy;
    return from === undefined ? 0 : e.ns - from.ns;
  }

  /** Counts who is passed over by the acknowledge, which takes `taken`. */
  passBy(e: GicEvent<'iar'>, taken: GicInterrupt | undefined): void {
    this.left.acknowledge(e, taken);
    for (const of of this.pending) {
      if (!this.isFree(of, e)) continue;
      of.passed++;
      of.waitsFrom ??= this.gic.cpu(e.cpu).freeBy;
    }
  }

  /** Could it have been taken before the interrupt that `e` takes became pending? Where `of` came first, and the CPU was free in between. */
  private isFree(of: GicInterrupt, e: GicEvent<'iar'>): boolean {
    const since = of.heldByLine === T ? of.lineBy : of.latchBy;
    const came = this.gic.of(e.id, e.cpu)?.cameBy;
    const { freeBy } = this.gic.cpu(e.cpu);
    if (since === undefined || came === undefined || freeBy === undefined || of.id === e.id) return false;
    return since.seq < freeBy.seq && freeBy.seq < came.seq && this.isDue(of, e.cpu) && !this.isBehind(of, e);
  }

  /** Does another wait that the CPU would take first? A line that never falls is taken again and again, and keeps those behind it from the CPU. */
  private isBehind(of: GicInterrupt, e: GicEvent<'iar'>): boolean {
    for (const other of this.pending) {
      if (other === of || other.id === e.id || !this.isDue(other, e.cpu)) continue;
      if (surelyBefore(other.priority, of.priority) || (other.priority === of.priority && other.id < of.id)) return true;
    }
    return false;
  }

  /** Would the CPU interface signal it if nothing came before it? */
  private isDue(of: GicInterrupt, cpu: Vcpu): boolean {
    return this.isHeard(of, cpu) && of.priority !== undefined && this.gic.cpu(cpu).lets(of.priority, this.gic.sight.group(of));
  }

  /** Does it get to the CPU interface, and past its mask? */
  private isHeard(of: GicInterrupt, cpu: Vcpu): boolean {
    if (of.priority === undefined || !this.isSure(of)) return false;
    return this.goesTo(of, cpu) && this.gic.groupOn(this.gic.sight.group(of), cpu) === T && this.gic.cpu(cpu).unmasks(of.priority);
  }

  /** A GICv2 with one CPU has no target registers (IHI 0048B, 4.3.12). */
  private goesTo(of: GicInterrupt, cpu: Vcpu): boolean {
    return of.targets.includes(cpu) === T || (this.ctx.config.gicVersion === 2 && this.ctx.config.gicCpus === 1);
  }

  /** Would the recording show if it did not wait any more, or its CPU interface let nothing through? */
  private isSure(of: GicInterrupt): boolean {
    const { sight } = this.gic;
    return sight.pending(of) === T && sight.surelyInactive(of) === T && sight.seesWrites('en', of) && sight.sees('dist') && sight.sees('grpen') && sight.sees('pmr');
  }

  private precedes(of: GicInterrupt, e: GicEvent<'iar'> | GicEvent<'hppir'>): boolean {
    if (e.id === NONE) return e.group === undefined || of.group === known(e.group) && !this.isBlocked(of, e.cpu, e.group);
    const other = this.gic.of(e.id, e.cpu);
    if (other === undefined || other === of) return false;
    const priority = this.gic.sight.priority(other);
    if (surelyBefore(of.priority, priority)) return true;
    return this.ctx.config.gicTies === 1 && of.priority === priority && of.id < other.id;
  }

  /** May an interrupt of the other group come first, which the register does not show? */
  private isBlocked(by: GicInterrupt, cpu: Vcpu, group: 0 | 1): boolean {
    if (this.gic.distributor.forwards(group === 0 ? 1 : 0) === F) return false;
    for (const of of this.gic.all()) {
      const out = groupOf(of.group) === group || of.id >= FIRST_LPI || of.pending === F || of.active === T || of.enabled === F;
      if (!out && of.targets.includes(cpu) !== F && !surelyBefore(by.priority, of.priority)) return true;
    }
    return !this.gic.restIsIdle && !this.allTracked(cpu);
  }

  private allTracked(cpu: Vcpu): boolean {
    const lines = this.ctx.config.gicLines;
    if (lines === undefined) return false;
    for (let id = 0; id < Math.min(lines, NONE - 3); id++) if (!this.gic.isTracked(id, cpu)) return false;
    return true;
  }
}
