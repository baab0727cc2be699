// CPU interface of a GIC: what it runs, what it lets through. Arm IHI 0048B, 3.3 (priorities) and 4.4; IHI 0069, 4.8 and 12.2.
// Priorities: lower numbers come first. At least the upper four bits are implemented, the others read as zero and do not count.

import type { Intid, Vcpu } from '../ids.js';
import type { GicEvent } from './gic-event.js';
import { FIRST_LPI } from './intids.js';
import { F, T, U, known, type Tri } from './tri.js';

const IDLE = 0xff;
const ALL = 0xff;
const IMPLEMENTED = 0xf0;
/** Largest binary point of group 0 that an implementation may impose. */
const COARSEST_POINT = 3;
/** Priorities are fewer: more that run have been ended unseen. */
const DEEPEST = 256;

/** Does `a` come before `b`, however few bits are implemented? */
export const surelyBefore = (a: number | undefined, b: number | undefined): boolean => a !== undefined && b !== undefined && (a & IMPLEMENTED) < (b & IMPLEMENTED);

/** An acknowledged interrupt without a priority drop. */
interface Running {
  readonly id: Intid;
  /** When it was acknowledged. */
  readonly priority: number | undefined;
  /** Bits of it that surely belonged to the group priority then, and count still. */
  readonly least: number | undefined;
  /** No other bits did; all where that cannot be told. */
  most: number;
  readonly by: GicEvent<'iar'>;
  /** Its group priority, as the running priority has shown it. */
  shown: number | undefined;
}

export class GicCpu {
  readonly cpu: Vcpu;
  /** Latest last. Below it nothing, or what was acknowledged before the recording shows. */
  readonly running: Running[] = [];
  bottomless: boolean;
  /** The priority has been dropped of what was acknowledged. */
  private dropped = false;
  /** The latest priority drop. */
  freeBy: GicEvent<'eoir'> | undefined;
  eoimode: Tri;
  pmr: number | undefined;
  pmrBy: GicEvent<'pmr'> | undefined;
  /** Enables of groups 0 and 1. */
  readonly enabled: [Tri, Tri] = [U, U];
  private readonly points: [number | undefined, number | undefined] = [undefined, undefined];
  /** Group 1 has the binary point of group 0. */
  private common: Tri = U;
  /** Priorities that the mask has let through since it was written. */
  private unmasked = -1;
  /** Priorities that have interrupted what runs below `running`. */
  private aboveBottom = -1;
  /** Acknowledged and dropped since the state is known: not below `running`. */
  private readonly ended = new Set<Intid>();
  /** Spurious acknowledges and all of them; whether the latest one returned an interrupt. */
  spurious = 0;
  acknowledges = 0;
  drains = false;

  constructor(cpu: Vcpu, fromReset: boolean, modes: boolean) {
    this.cpu = cpu;
    this.bottomless = !fromReset;
    this.eoimode = modes ? F : U;
  }

  get top(): Running | undefined {
    return this.running.at(-1);
  }

  /** Its entry among what runs, where it is shown. */
  find(id: Intid): Running | undefined {
    return this.running.findLast((entry) => entry.id === id);
  }

  mask(e: GicEvent<'pmr'>): void {
    this.pmr = e.val;
    this.pmrBy = e;
    this.unmasked = -1;
  }

  /** Where groups of priorities are larger, what could interrupt before may be of the group that runs. */
  setPoint(e: GicEvent<'bpr'>): void {
    if (this.points[e.group] !== e.val) this.regroup();
    this.points[e.group] = e.val;
  }

  setMode(e: GicEvent<'eoimode'>): void {
    this.eoimode = known(e.val);
    const common = known(e.common);
    if (common !== this.common) this.regroup();
    this.common = common;
  }

  /** A binary point is another one: whether that changes the group priority of what runs is left open. */
  private regroup(): void {
    this.aboveBottom = -1;
    for (const entry of this.running) {
      entry.shown = undefined;
      entry.most = ALL;
    }
  }

  acknowledge(e: GicEvent<'iar'>, priority: number | undefined): void {
    if (priority !== undefined) {
      this.unmasked = Math.max(this.unmasked, priority);
      if (this.running.length === 0) this.aboveBottom = Math.max(this.aboveBottom, priority);
    }
    const [least, most] = e.group === undefined ? [undefined, ALL] : [this.groupMask(e.group), this.widestMask(e.group)];
    this.running.push({ id: e.id, priority, least, most, by: e, shown: undefined });
    if (this.running.length <= DEEPEST) return;
    this.running.shift();
    this.bottomless = true;
  }

  /** What is wrong with an end of interrupt: the latest acknowledge is another one's, or none is known. */
  misplaced(e: GicEvent<'eoir'>): 'order' | 'alone' | 'unknown' | undefined {
    const { top } = this;
    if (top?.id === e.id) return undefined;
    if (this.find(e.id) !== undefined) return 'order';
    return !this.bottomless || this.ended.has(e.id) ? 'alone' : 'unknown';
  }

  /** Priority drop. */
  drop(e: GicEvent<'eoir'>): void {
    this.freeBy = e;
    const where = this.misplaced(e);
    if (where === 'unknown' && this.top === undefined) return;
    if (where !== undefined) return this.forget();
    this.running.pop();
    this.dropped = true;
    if (e.id < FIRST_LPI) this.ended.add(e.id);
  }

  /** Whether its end drops the priority is not known, if it runs. */
  disown(id: Intid): void {
    if (this.find(id) !== undefined) this.forget();
  }

  /** What runs is no longer known. */
  forget(): void {
    this.running.length = 0;
    this.bottomless = true;
    this.aboveBottom = -1;
    this.ended.clear();
  }

  /**
   * Running Priority Register. `seesAll`: no acknowledge can have gone unseen. `outlives`: the active priorities outlive a reset of the machine,
   * as those of QEMU's GICv2 do (arm_gic_common_reset), and count again from the first priority drop on.
   */
  learn(e: GicEvent<'rpr'>, { seesAll, outlives }: { readonly seesAll: boolean; readonly outlives: boolean }): void {
    // The priority of an LPI stands in memory: if nothing else can run, it is told here.
    const tells = seesAll && this.top !== undefined && this.top.priority === undefined;
    const wrong = this.wrongPriority(e);
    if (wrong === T || (wrong === U && !tells)) this.forget();
    if (e.val !== IDLE) {
      if (this.top !== undefined) this.top.shown = e.val;
      return;
    }
    this.running.length = 0;
    this.bottomless &&= outlives && !this.dropped;
  }

  /** Does the register differ from what runs? It shows the group priority: the priority without the bits below the binary point. */
  wrongPriority(e: GicEvent<'rpr'>): Tri {
    const { top } = this;
    if (top === undefined) return this.bottomless ? U : e.val === IDLE ? F : T;
    if (e.val === IDLE) return T;
    if ((e.val & ~top.most) !== 0) return T;
    // Arm IHI 0069, 4.8.3: the acknowledge sets its bit among the active priorities, which stays as it is.
    if (top.shown !== undefined) return e.val === top.shown ? F : T;
    if (top.priority === undefined) return U;
    if (e.val > top.priority) return T;
    if (e.val === top.priority) return F;
    return top.least === undefined ? U : e.val < (top.priority & top.least) ? T : U;
  }

  /** Bits that surely belong to the group priority. */
  private groupMask(group: 0 | 1): number | undefined {
    const point = this.points[group];
    const needsOther = group === 1 && this.common !== F;
    if (point === undefined || (needsOther && this.points[0] === undefined)) return undefined;
    // The Common Binary Point may be in force.
    const own = group === 1 ? point - 1 : point;
    const coarse = Math.max(own, COARSEST_POINT, needsOther ? (this.points[0] ?? 0) : 0);
    return (0xff << (coarse + 1)) & ALL;
  }

  /** Without the bits that surely do not: an implementation imposes no smaller binary point than the written one. Arm IHI 0069, 4.8.2. */
  private widestMask(group: 0 | 1): number {
    if (this.common === U) return ALL;
    const point = this.points[this.common === T ? 0 : group];
    if (point === undefined) return ALL;
    return (0xff << (group === 1 && this.common === F ? point : point + 1)) & ALL;
  }

  /** Is a priority held back by the mask? */
  isMasked(priority: number | undefined): Tri {
    if (priority === undefined || this.pmr === undefined) return U;
    return priority >= this.pmr ? T : surelyBefore(priority, this.pmr) ? F : U;
  }

  /** Does the mask surely let a priority through? */
  unmasks(priority: number): boolean {
    return priority <= this.unmasked || surelyBefore(priority, this.pmr);
  }

  /** Would a pending interrupt of that priority surely be let through and interrupt what runs? */
  lets(priority: number, group: Tri): boolean {
    if (!this.unmasks(priority)) return false;
    const { top } = this;
    if (top === undefined) return !this.bottomless || priority <= this.aboveBottom;
    const own = groupOf(group);
    const now = own === undefined ? undefined : this.groupMask(own);
    const least = now === undefined || top.least === undefined ? undefined : now & top.least;
    return least !== undefined && top.priority !== undefined && (priority & least) < (top.priority & least);
  }

  setGroup(e: GicEvent<'grpen'>): void {
    if (e.group !== 1) this.enabled[0] = known(e.val);
    if (e.group !== 0) this.enabled[1] = known(e.val);
  }
}

export const groupOf = (group: Tri): 0 | 1 | undefined => (group === U ? undefined : group === T ? 1 : 0);
