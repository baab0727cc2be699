// One 8259: requests, in-service bits, masks, modes and priorities. 8259A data sheet; KVM i8259.c, QEMU hw/intc/i8259.c (pic_set_irq, pic_intack).

import type { Event, EventOf } from '../event.js';
import { Bits } from './bits.js';
import type { Context } from './context.js';
import { noHistory, type PinHistory } from './pic-history.js';
import { PINS, lowest, pinAt, rankOf, ranked } from './pic-rank.js';
import { ELCR_MASKS, triggerOf } from './pic-trigger.js';
import { F, T, U, and, join, known, not, type Tri } from './tri.js';

const SPURIOUS = 7;
/** Pin of the master that the slave's output drives. */
export const CASCADE = 2;

export class PicChip {
  readonly number: 0 | 1;
  private readonly ctx: Context;
  readonly irr = new Bits();
  readonly isr = new Bits();
  readonly imr = new Bits();
  /** Level-triggered pins. */
  readonly elcr = new Bits();
  /** ICW1 may have made all pins so. */
  private mayBeAllLevel = false;
  /** Level at the inputs, as the chip's edge detectors have it. */
  readonly line = new Bits();
  /** The pin of highest priority; undefined while unknown. */
  prio: number | undefined;
  /** Vector of pin 0. */
  base: number | undefined;
  /** Automatic EOI, special fully nested mode, special mask mode, rotation at automatic EOI. */
  aeoi: Tri = U;
  sfnm: Tri = U;
  smm: Tri = U;
  raeoi: Tri = U;
  /** The latest acknowledge that found no request and so gave pin 7; undefined again once pin 7 is really taken. */
  spuriousBy: Event | undefined;
  imrBy: Event | undefined;
  prioBy: Event | undefined;
  elcrBy: Event | undefined;
  modeBy: Event | undefined;
  readonly pins = Array.from({ length: PINS }, noHistory);

  constructor(number: 0 | 1, ctx: Context) {
    this.number = number;
    this.ctx = ctx;
  }

  get entity(): string {
    return `pic:${this.number === 0 ? 'master' : 'slave'}`;
  }

  begin(fromReset: boolean): void {
    for (const bits of [this.irr, this.isr, this.imr, this.elcr, this.line]) {
      if (fromReset) bits.assign(0);
      else bits.forget();
    }
    this.prio = fromReset ? 0 : undefined;
    this.base = undefined;
    this.aeoi = this.sfnm = this.smm = this.raeoi = fromReset ? F : U;
    this.mayBeAllLevel = !fromReset;
    this.spuriousBy = this.imrBy = this.prioBy = this.elcrBy = this.modeBy = undefined;
    for (const pin of this.pins) pin.inputBy = pin.takenBy = pin.endedBy = undefined;
  }

  /** Requests that are not masked. */
  private get pending(): { must: number; may: number } {
    return { must: this.irr.must & ~this.imr.may, may: this.irr.may & ~this.imr.must };
  }

  /** In-service bits that hold requests back; a masked one does not in special mask mode, which KVM ignores and QEMU does not. */
  private get blocking(): { must: number; may: number } {
    const unmasked = this.smm === F ? 0xff : ~this.imr.may;
    const heeded = this.smm === T && this.ctx.config.chips === 'qemu' ? ~this.imr.must : 0xff;
    const nested = this.number === 0 ? ~(1 << CASCADE) : 0xff;
    const must = this.isr.must & unmasked & (this.sfnm === F ? 0xff : nested);
    return { must, may: this.isr.may & heeded & (this.sfnm === T ? nested : 0xff) };
  }

  private ranked(mask: number): number {
    return ranked(mask, this.prio ?? 0);
  }

  /** Does the chip raise its output? */
  requests(): Tri {
    const pending = this.pending;
    if (pending.may === 0) return F;
    const blocking = this.blocking;
    if (this.prio === undefined) {
      if (pending.must !== 0 && blocking.may === 0) return T;
      return (pending.may & ~blocking.must) === 0 ? F : U;
    }
    if (lowest(this.ranked(blocking.must)) <= lowest(this.ranked(pending.may))) return F;
    return lowest(this.ranked(pending.must)) < lowest(this.ranked(blocking.may)) ? T : U;
  }

  /** Is this the pin that an acknowledge takes now? */
  takes(pin: number): Tri {
    const { must, may } = this.pending;
    const own = 1 << pin;
    if ((may & own) === 0) return F;
    return and(and((must & own) === 0 ? U : T, not(this.blocked(pin))), not(this.outranked(pin)));
  }

  /** Is a pin of the same or a higher priority in service? */
  blocked(pin: number): Tri {
    const { must, may } = this.blocking;
    if (this.prio === undefined) return (must & (1 << pin)) !== 0 ? T : may === 0 ? F : U;
    const upTo = (2 << rankOf(pin, this.prio ?? 0)) - 1;
    return (this.ranked(must) & upTo) !== 0 ? T : (this.ranked(may) & upTo) !== 0 ? U : F;
  }

  /** Is a pin of higher priority requested and unmasked? */
  outranked(pin: number): Tri {
    const { must, may } = this.pending;
    const others = ~(1 << pin);
    if (this.prio === undefined) return (may & others) === 0 ? F : U;
    const above = (1 << rankOf(pin, this.prio ?? 0)) - 1;
    return (this.ranked(must) & above) !== 0 ? T : (this.ranked(may) & above) !== 0 ? U : F;
  }

  /** The pin that surely holds `pin` back: the highest in service. */
  highestInService(): number {
    const rank = lowest(this.ranked(this.isr.must));
    return rank === PINS ? -1 : pinAt(rank, this.prio ?? 0);
  }

  input(pin: number, level: 0 | 1, by: Event): void {
    const before = this.line.get(pin);
    if (before !== level || this.pins[pin]?.inputBy === undefined) this.history(pin).inputBy = by;
    this.line.set(pin, level);
    const held = triggerOf(this.elcr.get(pin), this.mayBeAllLevel, this.ctx);
    const was = this.irr.get(pin);
    const edge = level === 1 && before !== T ? (before === F ? T : join(was, T)) : was;
    this.irr.set(pin, held === T ? level : held === F ? edge : join(level, edge));
  }

  /** An acknowledge took the pin. */
  acknowledge(pin: number, by: Event): void {
    if (pin === SPURIOUS && this.takes(pin) !== T) {
      this.spuriousBy = by;
      // Nothing was requested, or pin 7 was: with the request its bit is set.
      if (this.takes(pin) === F) return;
      this.irr.set(pin, this.irr.get(pin) === F ? F : U);
      if (this.isr.get(pin) === F) this.isr.set(pin, U);
      return;
    }
    this.history(pin).takenBy = by;
    if (pin === SPURIOUS) this.spuriousBy = undefined;
    this.imr.set(pin, F);
    if (this.smm === F && this.prio !== undefined && (this.number === 1 || this.sfnm === F)) this.clearInService(pin);
    const before = this.isr.get(pin);
    this.isr.set(pin, this.aeoi === F ? T : this.aeoi === T ? (before === F ? F : U) : join(before, T));
    const rotates = and(this.aeoi, this.raeoi);
    const next = (pin + 1) & 7;
    if (rotates === T) this.rotate(next, by);
    else if (rotates === U && this.prio !== next) this.prio = undefined;
    const held = triggerOf(this.elcr.get(pin), this.mayBeAllLevel, this.ctx);
    this.irr.set(pin, held === F ? F : held === T ? T : join(this.irr.get(pin), F));
  }

  /** What was taken shows that nothing as high was in service. */
  private clearInService(pin: number): void {
    const upTo = (2 << rankOf(pin, this.prio ?? 0)) - 1;
    for (let other = 0; other < PINS; other++) if (((upTo >> rankOf(other, this.prio ?? 0)) & 1) === 1) this.isr.set(other, F);
  }

  endSpecific(pin: number, rotate: boolean, by: Event): void {
    this.history(pin).endedBy = by;
    this.isr.set(pin, F);
    if (rotate) this.rotate((pin + 1) & 7, by);
  }

  /** Ends the highest in service. `vmm`: KVM and QEMU do so in special mask mode too, where the data sheet passes over masked pins. */
  endHighest(rotate: boolean, vmm: boolean, by: Event): void {
    const { isr } = this;
    if (isr.may === 0) return;
    if (this.prio === undefined || (this.smm !== F && !vmm)) {
      const single = (isr.may & (isr.may - 1)) === 0;
      if (single && this.smm === F) isr.assign(0);
      isr.maybeClear(0xff);
      if (rotate) this.rotate(undefined, by);
      return;
    }
    const top = pinAt(lowest(this.ranked(isr.may)), this.prio);
    const sure = isr.get(top) === T;
    const first = this.highestInService();
    if (!sure && first >= 0) isr.maybeClear(1 << first);
    isr.set(top, F);
    if (sure) this.history(top).endedBy = by;
    if (rotate) this.rotate(sure ? (top + 1) & 7 : undefined, by);
  }

  private rotate(to: number | undefined, by: Event): void {
    this.prio = to;
    this.prioBy = by;
  }

  /** ICW1. `clears`: in-service bits go, too, and so do latched edges and modes that ICW4 sets anew. */
  initialize({ icw4, ltim }: EventOf<'pic.init'>, clears: Tri, by: Event): void {
    this.mayBeAllLevel = ltim === 1;
    this.imr.assign(0);
    this.line.maybeClear(0xff);
    if (clears === T) this.line.assign(0);
    // Edges are forgotten, levels stay.
    if (clears === T) this.irr.clear(~this.elcr.may & 0xff);
    this.irr.maybeClear(~this.elcr.must & 0xff);
    this.isr.maybeClear(0xff);
    if (clears === T) this.isr.assign(0);
    this.prio = 0;
    this.smm = F;
    this.base = undefined;
    this.raeoi = clears === T || this.raeoi === F ? F : U;
    const sure = icw4 === 0 || clears === T;
    this.aeoi = sure || this.aeoi === F ? F : U;
    this.sfnm = sure || this.sfnm === F ? F : U;
    this.imrBy = this.modeBy = this.prioBy = by;
    this.spuriousBy = undefined;
  }

  configure(e: EventOf<'pic.mode'>): void {
    this.base = e.base ?? this.base;
    if (e.prio !== undefined) this.rotate(e.prio, e);
    if (e.aeoi !== undefined) this.aeoi = known(e.aeoi);
    if (e.sfnm !== undefined) this.sfnm = known(e.sfnm);
    if (e.smm !== undefined) this.smm = known(e.smm);
    if (e.raeoi !== undefined) this.raeoi = known(e.raeoi);
    this.modeBy = e;
  }

  /** OCW1; without a value it may have been a word of an initialization. */
  mask(val: number | undefined, by: Event): void {
    this.imrBy = by;
    if (val !== undefined) return this.imr.assign(val);
    this.imr.forget();
    this.base = undefined;
    this.aeoi = this.sfnm = U;
  }

  setTriggers(val: number, by: Event): void {
    this.elcrBy = by;
    this.elcr.assign(val & ELCR_MASKS[this.number]);
  }

  private history(pin: number): PinHistory {
    const history = this.pins[pin];
    if (history === undefined) throw new Error(`an 8259 has no pin ${pin}`);
    return history;
  }
}
