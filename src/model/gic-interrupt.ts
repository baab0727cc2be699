// One interrupt of a GIC as its distributor or redistributor keeps it. Arm IHI 0048B, 3.2.4 (states), 4.3 (registers); IHI 0069,
// 4.1 and 12.9.

import type { Event } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import { atReset } from './context.js';
import type { GicEvent } from './gic-event.js';
import { SgiSources } from './gic-sgi-sources.js';
import { GicSignal } from './gic-signal.js';
import { GicTargets } from './gic-targets.js';
import { WrittenConfig } from './gic-written.js';
import { FIRST_LPI, FIRST_PPI, FIRST_SPI } from './intids.js';
import { F, T, U, join, known, type Tri } from './tri.js';

export class GicInterrupt extends GicSignal {
  readonly id: Intid;
  /** Whose, for SGIs and PPIs. */
  readonly cpu: Vcpu | undefined;
  /** `intid:40`, or `intid:27@cpu1`. */
  readonly entity: string;
  active: Tri;
  enabled: Tri;
  /** Of group 1. */
  group: Tri;
  priority: number | undefined;
  /** Its group was another one, or unknown, when it became pending. */
  regrouped = false;
  /** It became pending while it was active. */
  latchedActive = false;
  lineBy: Event | undefined;
  latchBy: Event | undefined;
  /** Until then it was surely not pending. */
  cameBy: Event | undefined;
  clearBy: Event | undefined;
  enabledBy: Event | undefined;
  priorityBy: Event | undefined;
  readonly written = new WrittenConfig();
  readonly targets: GicTargets;
  /** What made it active, and what ended that. */
  activeBy: Event | undefined;
  endBy: Event | undefined;
  /** The priority drop that left it active. */
  dropBy: Event | undefined;
  /** A register that read pending although nothing had made it so. */
  phantomBy: Event | undefined;
  /** Acknowledged so often with its line high all the while. */
  cycles = 0;
  /** While it surely waited and came first its CPU took other interrupts: how many, and since when. */
  passed = 0;
  waitsFrom: Event | undefined;
  /** GICv2, or an LPI: it may be latched for a CPU that is its target no more. */
  strays = false;
  /** GICv2: other CPUs may have it active, too: it was routed elsewhere while one had it, or a write, shown or not, made it so for all. */
  activeElsewhere = false;
  readonly sources: SgiSources;

  /** `idle`: it is not active. */
  constructor(id: Intid, cpu: Vcpu | undefined, { fromReset, idle }: { readonly fromReset: boolean; readonly idle: boolean }) {
    const off = atReset(fromReset, F);
    super(off, id < FIRST_PPI || id >= FIRST_LPI ? F : id < FIRST_SPI ? U : atReset(fromReset, T));
    this.id = id;
    this.cpu = cpu;
    this.targets = new GicTargets(cpu);
    this.entity = cpu === undefined ? `intid:${id}` : `intid:${id}@cpu${cpu}`;
    this.active = atReset(idle, F);
    this.enabled = this.group = off;
    this.sources = new SgiSources(off);
    // Whether SGIs can be switched off is up to the implementation; of LPIs it stands in memory.
    if (id < FIRST_PPI || id >= FIRST_LPI) this.enabled = U;
    this.priority = fromReset && id < FIRST_LPI ? 0 : undefined;
  }

  drive(e: GicEvent<'in'>): void {
    const before = this.line;
    if (e.level === 1) this.unheld = false;
    if (e.level === 1 && this.level !== F && this.pending === F) this.cameBy = e;
    this.move(e);
    if (e.level === 0 || before !== T) this.lineBy = e;
    if (e.level === 0) this.cycles = 0;
    if (e.level === 0 || before === T || this.level === T) return;
    const latched = before === F && this.level === F && e.targets !== 0 ? T : U;
    this.set(this.latch === T ? T : latched, e);
  }

  program(e: GicEvent<'cfg'>): void {
    this.written.trig = e;
    const before = this.level;
    this.configure(e.trig);
    this.retriggered ||= this.level !== before && (this.latch !== F || this.line !== F);
  }

  /** QEMU's GICv2 drops the priority of the group that it is of at its end: `cpus` may run it on. `unseen`: acknowledges of the group so far do not show. */
  assign(e: GicEvent<'group'>, cpus: Iterable<{ disown(id: Intid): void }>, unseen: boolean): void {
    if (unseen && this.active === F && this.group !== e.val) this.active = U;
    if (this.group !== e.val) for (const cpu of cpus) cpu.disown(this.id);
    this.written.group = e;
    this.regrouped ||= this.group !== e.val && this.latch === T;
    this.group = known(e.val);
  }

  /** What becomes of a pending interrupt whose trigger changes is unpredictable. */
  configure(trig: 'edge' | 'level'): void {
    const level = trig === 'level' ? T : F;
    if (this.id < FIRST_PPI || this.level === level) return;
    this.unheld = this.risen = false;
    if (this.level !== U && (this.latch !== F || this.line !== F)) this.latch = U;
    this.level = level;
  }

  /** Made pending by a write, an edge, an SGI or a message. */
  set(latch: Tri, by: Event): void {
    if (latch !== F) {
      this.latchedActive = this.active === T;
      if (this.pending === F) this.cameBy = by;
    }
    this.regrouped = false;
    // An LPI is cleared for its new target alone.
    this.latch = latch === F && this.strays && this.id >= FIRST_LPI ? U : latch;
    this.latchBy = by;
    this.phantomBy = undefined;
    this.retriggered = false;
    if (latch !== F) return;
    this.risen = false;
    this.clearBy = by;
    if (this.id < FIRST_LPI) this.strays = false;
  }

  /** An SGI of GICv2 from `source`; undefined if it cannot be told from which. */
  setFrom(source: Vcpu | undefined, val: Tri, by: Event): void {
    if (source === undefined) {
      this.sources.setAny(val);
      return this.set(val, by);
    }
    this.sources.set(source, val);
    this.set(val === T ? T : this.sources.any, by);
  }

  /** Is it pending from that CPU? */
  pendingFrom(source: Vcpu): Tri {
    return this.latch === F ? F : this.sources.from(source);
  }

  /** Acknowledged by `e.cpu`. Where each CPU has a latch of its own, `shared`, the others' may stay set. */
  take(e: GicEvent<'iar'>, shared: boolean): void {
    // Nothing is latched: it is the line that made it pending.
    if (this.latch === F) this.unheld = false;
    if (this.latch === F && this.line !== F && this.level === U) this.level = T;
    this.risen = this.retriggered = false;
    if (e.srccpu !== undefined) {
      this.sources.set(e.srccpu, F);
      this.latch = this.sources.any;
    } else this.latch = shared || this.strays ? join(this.latch, F) : F;
    this.latchedActive = false;
    this.phantomBy = undefined;
    this.enabled = T;
    this.passed = 0;
    this.waitsFrom = undefined;
    this.cycles = this.line === T ? this.cycles + 1 : 0;
    if (e.group !== undefined) this.group = known(e.group);
    this.targets.takenBy(e.cpu);
    if (this.id < FIRST_LPI) this.activate(T, e);
  }

  activate(active: Tri, by: Event): void {
    this.active = active;
    if (active !== F) this.activeBy = by;
    if (active !== T) this.endBy = by;
    this.dropBy = undefined;
  }

  /** By a write of its register. In QEMU's GICv2 that is for all CPUs, and the end for the one that does it. */
  writeActive(e: GicEvent<'act'>, isVersion2: boolean): void {
    this.activate(known(e.val), e);
    this.activeElsewhere = isVersion2 && e.val === 1;
  }

  /** A register read: what it showed is so. */
  learn(e: GicEvent<'read'>): this {
    if (e.pend !== undefined) {
      // What a line holds up was moved, and offered in its group of before, all the same.
      if (e.pend === 0 || this.heldByLine === F) this.regrouped = false;
      this.learnPending(e.pend, e);
    }
    if (e.act !== undefined) this.activeElsewhere = e.act === 1 && (this.activeElsewhere || this.active !== T);
    if (e.act !== undefined && this.active !== e.act) {
      this.active = known(e.act);
      if (e.act === 1) this.activeBy = e;
      else this.endBy = e;
    }
    this.written.readBack(e);
    this.targets.readBack(e);
    if (e.en !== undefined) this.enabled = known(e.en);
    if (e.trig !== undefined) this.configure(e.trig);
    if (e.group !== undefined) this.group = known(e.group);
    if (e.prio !== undefined) this.priority = e.prio;
    return this;
  }

  private learnPending(pend: 0 | 1, e: Event): void {
    if (pend === this.pending) return;
    const impossible = this.pending !== U;
    if (pend === 0) {
      this.risen = false;
      this.latch = F;
      this.strays = false;
      this.sources.setAny(F);
      if (this.heldByLine === T) this.line = U;
      else if (this.level === T) this.line = F;
      this.unheld = true;
      return;
    }
    if (impossible) this.phantomBy = e;
    this.unheld &&= this.latch !== F;
    if (impossible || this.heldByLine === F) this.latch = this.strays ? U : T;
    else if (this.latch === F) this.level = this.line = T;
    if (this.id < FIRST_PPI) this.sources.mayBeMore();
  }

  enable(e: GicEvent<'en'>): void {
    this.written.en = e;
    if (this.enabled !== e.val) this.enabledBy = e;
    this.enabled = known(e.val);
  }

  prioritise(e: GicEvent<'prio'>): void {
    this.priority = e.val;
    this.priorityBy = e;
    this.written.prio = e.val === undefined ? undefined : e;
  }

  /** In QEMU's GICv2 what is latched, or active, stays with the CPU that was the target; an LPI that its collection leaves behind stays pending there, too. */
  private leaveBehind(): void {
    this.strays ||= this.latch !== F;
    if (this.strays) this.mayBecome(U);
    this.activeElsewhere ||= this.active === T;
  }

  route(e: GicEvent<'route'>, isVersion2: boolean): void {
    if (isVersion2 || this.id >= FIRST_LPI) this.leaveBehind();
    this.targets.route(e);
    this.passed = 0;
    this.waitsFrom = undefined;
  }
}
