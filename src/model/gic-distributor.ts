// What a GIC's distributor lets out, and what its first writes tell. Arm IHI 0048B, GICD_CTLR; IHI 0069, 12.9.4; QEMU hw/intc/arm_gic.c.

import type { Event } from '../event.js';
import type { Context } from './context.js';
import { groupOf, type GicCpu } from './gic-cpu.js';
import type { Change, GicEvent } from './gic-event.js';
import type { GicInterrupt } from './gic-interrupt.js';
import { changeVeiled, isVeiled, mayMiss, shownOf, takeVeiled } from './gic-veil.js';
import { F, T, U, and, join, known, or, type Tri } from './tri.js';

/** A machine that was reset unseen does not get to its GIC in less, ns: bare programs on QEMU need 1.2 ms and more. */
const AFTER_RESET = 500_000;

export class GicDistributor {
  private readonly ctx: Context;
  /** It forwards groups 0 and 1. Firmware may switch them on where nobody records it. */
  private readonly groups: [Tri, Tri] = [U, U];
  /** The latest writes of the group enables. */
  private readonly written: [GicEvent<'dist'> | undefined, GicEvent<'dist'> | undefined] = [undefined, undefined];
  /** The latest sign of life. */
  private latest: Event | undefined;
  /** When software accessed a register last, and since when without a break, ns. */
  private accessedAt = Number.NaN;
  private unbrokenFrom = Number.NaN;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  /** Two Security states use it, each with its own view of priorities, groups and modes. */
  get isTwofold(): boolean {
    return this.ctx.config.gicViews === 1;
  }

  /** May the access have found nothing of the interrupt? */
  veils(e: { readonly secure?: 0 | 1 | undefined }, of: GicInterrupt): boolean {
    return this.isTwofold && isVeiled(e, of);
  }

  change(e: Change, of: GicInterrupt, change: (of: GicInterrupt) => void): void {
    if (this.isTwofold && mayMiss(e, of, this.isVersion2)) changeVeiled(e, of, change);
    else change(of);
  }

  /** A read of its registers. */
  read(e: GicEvent<'read'>, of: GicInterrupt | undefined): GicInterrupt | undefined {
    return of?.learn(this.isTwofold ? shownOf(e, of) : e);
  }

  take(e: GicEvent<'iar'>, of: GicInterrupt, isSplit: boolean): void {
    if (this.isTwofold) takeVeiled(e, of, isSplit);
    else of.take(e, isSplit);
  }

  get isVersion2(): boolean {
    return this.ctx.config.gicVersion === 2;
  }

  heard(e: Event): void {
    this.latest = e;
  }

  /** A register was accessed, by software that runs. */
  accessed(e: Event): void {
    if (!this.isSoon(e)) this.unbrokenFrom = e.ns;
    this.accessedAt = e.ns;
  }

  /** Too soon for a reset in between. Without times nothing is. */
  private isSoon(e: Event): boolean {
    return e.ns - this.accessedAt <= AFTER_RESET;
  }

  /** Is it known that no reset of the machine lies between `by` and the access that `e` is? Software has run on, or resets are recorded. */
  isSame(by: Event, e: Event): boolean {
    return (by.ns >= this.unbrokenFrom && this.isSoon(e)) || this.ctx.showsResetsSince(by);
  }

  /** May the machine have been reset since it was heard of? Where no recorder tells, software that sets out anew is all there is to see. */
  mayBeNew(e: GicEvent<'dist'>): boolean {
    if (this.latest === undefined || this.ctx.showsResetsSince(this.latest)) return false;
    const gap = e.ns - this.latest.ns;
    // Without times, where it is switched off.
    return gap > AFTER_RESET || (e.val === 0 && !(gap <= AFTER_RESET));
  }

  control(e: GicEvent<'dist'>): void {
    for (const group of [0, 1] as const)
      if (e.group === undefined || e.group === group) {
        this.groups[group] = known(e.val);
        this.written[group] = e;
      }
  }

  writtenTo(group: 0 | 1): GicEvent<'dist'> | undefined {
    return this.written[group];
  }

  /** An acknowledge shows that the interrupt's group is on. */
  learn(group: Tri, cpu: GicCpu): void {
    const number = groupOf(group);
    if (number !== undefined && !this.isVersion2) this.groups[number] = cpu.enabled[number] = T;
  }

  forwards(group: 0 | 1): Tri {
    return this.groups[group];
  }

  /** Do interrupts of the group reach the CPU: switched on here and at the CPU interface? */
  groupOn(group: Tri, cpu: GicCpu): Tri {
    if (this.isTwofold) return U;
    const on = (g: 0 | 1): Tri => and(this.groups[g], cpu.enabled[g]);
    const number = groupOf(group);
    const exact = number === undefined ? join(on(0), on(1)) : on(number);
    if (!this.isVersion2 || exact !== F) return exact;
    // QEMU's GICv2 acknowledges as long as either group is on.
    return and(or(...this.groups), or(...cpu.enabled)) === F ? F : U;
  }
}
