// One IOAPIC pin: what its redirection entry holds and what its input shows. 82093AA 3.2.4; KVM ioapic.c ioapic_write_indirect.

import type { Event, EventOf } from '../event.js';
import { vector, type Pin, type Vector } from '../ids.js';
import { atReset } from './context.js';
import { FIXED, isVectored } from './delivery.js';
import { AS_RESET, WrittenEntry } from './ioapic-written.js';
import { F, T, U, and, join, known, type Tri } from './tri.js';

/** Why Remote IRR is clear. */
type Cleared = 'reset' | 'eoi' | 'edge' | 'read';

export class IoapicPin {
  readonly number: Pin;
  /** Vector and destination; undefined while unknown. */
  vec: Vector | undefined;
  dst: number | undefined;
  logical: Tri;
  mask: Tri;
  /** Trigger mode: T level, F edge. */
  level: Tri;
  rirr: Tri;
  /** Level at the input, the OR over all sources. */
  input: Tri;
  /** Request latch of QEMU's chip: it follows the input of a level pin and nothing else, so that a change of the trigger mode leaves it behind. */
  request: Tri;
  /** EOIs followed by a re-delivery while the input never fell. */
  cycles = 0;
  eoiSinceDelivery = false;
  /** The chip itself says that the latest EOI has cleared Remote IRR. */
  saysCleared = false;
  /** An edge pin may have a request that is yet to be delivered: of the event just before. */
  private due = false;
  /** The re-delivery after the latest EOI was put off: a storm is damped. */
  delayed = false;
  cleared: Cleared | undefined;
  /** Masked ever since Remote IRR was cleared: nothing can have been delivered unseen. */
  shutSinceClear = false;
  rteBy: Event | undefined;
  inputBy: Event | undefined;
  deliverBy: EventOf<'ioapic.deliver'> | undefined;
  clearedBy: Event | undefined;
  /** The EOI since which Remote IRR is unknown only because suppression may have been on: a delivery after it shows that it was not. */
  testedBy: EventOf<'apic.eoi'> | undefined;
  /** An EOI of the vector that was not broadcast: suppression was on. */
  suppressedBy: Event | undefined;
  /** An edge that came while the entry was masked; undefined again after a new edge. */
  maskedEdgeBy: Event | undefined;
  /** The same, also where the line has fallen since: an edge that is ignored leaves nothing to deliver. */
  ignoredBy: Event | undefined;
  /** The latest write of the entry while its thread still works on it. */
  private underWay: Event | undefined;
  readonly written = new WrittenEntry();

  /** `entered`, `input`: as a reset leaves them, which may have been recorded. */
  constructor(number: Pin, entered: EventOf<'vm.reset'> | boolean, input: boolean = entered !== false) {
    const entry = entered !== false;
    if (typeof entered === 'object') this.written.hold(AS_RESET, entered);
    this.number = number;
    this.vec = entry ? vector(0) : undefined;
    this.dst = entry ? 0 : undefined;
    this.mask = entry ? T : U;
    this.logical = this.level = this.rirr = this.request = atReset(entry, F);
    this.input = atReset(input, F);
    this.cleared = entry ? 'reset' : undefined;
  }

  get entity(): string {
    return `pin:ioapic/${this.number}`;
  }

  /** A message of another mode than fixed and lowest priority may be taken and not count as taken: KVM's of an ExtINT never does (__apic_accept_irq). */
  get sendsVector(): boolean {
    return isVectored(Number(this.written.held('dm') ?? FIXED));
  }

  /** Has it delivered since its entry was written? Then its destination is that of an APIC. */
  get hasDelivered(): boolean {
    return this.deliverBy !== undefined && !(this.deliverBy.seq < (this.rteBy?.seq ?? 0));
  }

  /** An edge pin of QEMU's chip of which nothing asks for a delivery. */
  get isIdleEdge(): boolean {
    return this.level === F && this.request === F && !this.due;
  }

  /** The write is under way: what it changes may be old or new. */
  startWrite(e: EventOf<'ioapic.rte'>): void {
    this.underWay = e;
    this.testedBy = undefined;
    this.written.doubt(e);
    if (e.vec !== undefined && e.vec !== this.vec) this.vec = undefined;
    if (e.dst !== undefined && e.dst !== this.dst) this.dst = undefined;
    if (e.logical !== undefined) this.logical = join(this.logical, known(e.logical));
    if (e.mask !== undefined) this.mask = join(this.mask, known(e.mask));
    if (e.trig !== undefined) this.level = join(this.level, levelOf(e.trig));
    if (e.trig === 'edge' && this.rirr === T) this.rirr = U;
  }

  /** The write has taken effect. Remote IRR is read-only, but an edge entry has none. */
  finishWrite(e: EventOf<'ioapic.rte'>): void {
    if (this.underWay !== e) return;
    this.underWay = undefined;
    this.vec = e.vec ?? this.vec;
    this.dst = e.dst ?? this.dst;
    if (e.logical !== undefined) this.logical = known(e.logical);
    if (e.mask !== undefined) this.mask = known(e.mask);
    if (e.trig !== undefined) this.level = levelOf(e.trig);
    if (e.trig === 'edge') this.clear('edge', e);
    this.rteBy = e;
    this.written.hold(e, e);
    if (this.mask !== T) this.shutSinceClear = false;
    this.serveEdge();
  }

  /** The half of the entry that holds the destination was read; `showsWrites`: what it held before is known to be so. */
  showDst(e: EventOf<'ioapic.dst.read'>, showsWrites: boolean): void {
    if (showsWrites) this.written.hold(e, e);
    if (this.underWay === undefined) this.dst = e.dst;
  }

  /** kvm_ioapic_set_irq prints the entry as it was on entry: learn it; a difference is a write that nobody recorded. */
  learnEntry(e: EventOf<'ioapic.in'>): void {
    if (e.trig === undefined || this.underWay !== undefined) return;
    this.written.hold(e, e);
    const level = levelOf(e.trig);
    const mask = known(e.mask);
    const rewritten = (this.vec !== undefined && e.vec !== this.vec) || join(this.mask, mask) !== this.mask || join(this.level, level) !== this.level;
    if (rewritten) this.testedBy = undefined;
    this.vec = e.vec ?? this.vec;
    this.dst = e.dst ?? this.dst;
    if (e.logical !== undefined) this.logical = known(e.logical);
    if (mask !== U) this.mask = mask;
    if (this.mask !== T) this.shutSinceClear = false;
    this.level = level;
    if (level === F) this.clear('edge', e);
    else if (rewritten && this.rirr !== U) this.rirr = U;
  }

  /** The input has a new level. */
  drive(level: Tri, e: Event): void {
    if (level !== T) this.cycles = 0;
    const ignored = this.level === F && this.mask === T;
    this.due = level !== F && !ignored;
    if (level === T && this.input !== T) this.maskedEdgeBy = this.ignoredBy = ignored ? e : undefined;
    if (level === U) this.ignoredBy = undefined;
    if (level !== T) this.maskedEdgeBy = undefined;
    if (this.input !== level || this.inputBy === undefined) this.inputBy = e;
    this.input = level;
    this.latch(level);
  }

  private latch(level: Tri): void {
    if (this.level === T) this.request = level;
    else if (level === U || this.level === U) this.request = join(this.request, level);
    else if (level === T) this.serveEdge();
  }

  /** A request of an unmasked edge pin is gone once it has been sent. */
  private serveEdge(): void {
    if (this.level === T || this.request === F) return;
    this.due = this.mask !== T;
    this.request = this.level === F && this.mask === F ? F : this.mask === T ? this.request : U;
  }

  read(e: EventOf<'ioapic.rte.read'>): void {
    if (this.rirr !== known(e.rirr)) {
      if (e.rirr === 1) this.rirr = T;
      else this.clear('read', e);
    }
    if (e.mask !== undefined) this.mask = known(e.mask);
    else if (this.vec !== e.vec) this.mask = U;
    if (this.mask !== T) this.shutSinceClear = false;
    this.level = levelOf(e.trig);
    this.vec = e.vec;
    this.written.hold(e, e);
  }

  /** The entry may be written unseen. */
  forgetEntry(): void {
    this.vec = this.dst = undefined;
    this.logical = this.mask = this.level = U;
    this.shutSinceClear = false;
    this.written.forget();
  }

  /** It delivered; `taken`: surely an APIC took the message, which sets Remote IRR of a level pin. */
  deliver(e: EventOf<'ioapic.deliver'>, taken: boolean): void {
    if (this.underWay === undefined) {
      this.mask = F;
      this.vec = e.vec;
    }
    this.deliverBy = e;
    this.delayed = this.saysCleared = false;
    this.eoiSinceDelivery = false;
    this.suppressedBy = this.maskedEdgeBy = this.ignoredBy = this.testedBy = undefined;
    this.due = false;
    if (this.level === F) {
      this.request = F;
      return;
    }
    if (this.level === T) this.request = T;
    this.rirr = this.level === T && taken ? T : this.rirr === T ? T : U;
    this.cleared = this.clearedBy = undefined;
  }

  /** An EOI of the pin's vector has begun; says whether it surely clears Remote IRR. */
  startEoi(e: Event, reaches: Tri): Tri {
    this.eoiSinceDelivery = true;
    this.delayed = this.saysCleared = false;
    if (this.rirr === F) return F;
    const clears = and(reaches, this.vec === undefined ? U : T);
    this.rirr = U;
    this.clearedBy = clears === T ? e : undefined;
    return clears;
  }

  finishEoi(e: Event): void {
    if (this.clearedBy === e && this.rirr === U) this.clear('eoi', e);
  }

  private clear(why: Cleared, by: Event): void {
    if (this.rirr === F) return;
    this.rirr = F;
    this.cleared = why;
    this.shutSinceClear = this.mask === T;
    this.clearedBy = by;
  }
}

const levelOf = (trig: 'edge' | 'level'): Tri => (trig === 'level' ? T : F);
