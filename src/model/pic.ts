// The 8259 pair: two chips, the slave's output on pin 2 of the master. KVM i8259.c (pic_update_irq, kvm_pic_read_irq, pic_poll_read),
// QEMU hw/intc/i8259.c (pic_read_irq).

import type { Event, EventOf } from '../event.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { ExtInjections } from './ext-injections.js';
import { LANDED_AFTER } from './flights.js';
import { CASCADE, PicChip } from './pic-chip.js';
import { CommandTrail } from './pic-trail.js';
import { UnseenTakes } from './pic-unseen.js';
import { F, T, U, and, type Tri } from './tri.js';

const PINS_PER_CHIP = 8;
const MASTER = 0;

export class Pic implements Component {
  private readonly ctx: Context;
  private readonly injections: ExtInjections;
  private readonly inputs: Channel;
  private readonly masks: Channel;
  private readonly acknowledges: Channel;
  private readonly unseen: UnseenTakes;
  readonly master: PicChip;
  readonly slave: PicChip;
  /** Undefined while it has to be computed anew. */
  private request: Tri | undefined;
  /** Grows when what was known is forgotten: a write still under way then no longer counts. */
  private age = 0;
  /** The event since which the pair surely requests nothing. */
  private quietBy: Event | undefined;
  private inputBy: EventOf<'pic.in'> | undefined;

  readonly trail = new CommandTrail();

  readonly steps: Steps = {
    'pic.in': (e) => this.input(e),
    'pic.imr': (e) => this.write(e, () => this.chip(e.chip).mask(e.val, e)),
    'pic.init': (e) => this.write(e, () => this.chip(e.chip).initialize(e, this.isQemus ? T : U, e)),
    'pic.mode': (e) => this.write(e, () => this.configure(e)),
    'pic.elcr': (e) =>
      this.write(e, () => {
        if (e.chip !== 1) this.master.setTriggers(e.val, e);
        if (e.chip !== 0) this.slave.setTriggers(e.chip === 1 ? e.val : e.val >> PINS_PER_CHIP, e);
      }),
    'pic.eoi': (e) => this.write(e, () => this.end(e)),
    'pic.inta': (e) => this.acknowledge(e),
    'pic.poll': (e) => this.poll(e),
    'pic.read': (e) => this.read(e),
    'pic.request': (e) => this.requested(e),
    'cpu.inject': (e) => this.injections.injected(e),
    'cpu.exit': (e) => this.injections.exited(e),
    'kvm.set_irqchip': (e) => {
      if (e.chip !== 2) this.begin(false);
    },
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.injections = new ExtInjections(ctx);
    this.master = new PicChip(0, ctx);
    this.slave = new PicChip(1, ctx);
    this.inputs = ctx.channels.of('pic.in');
    this.masks = ctx.channels.of('pic.imr');
    this.acknowledges = ctx.channels.of('pic.inta');
    this.unseen = new UnseenTakes(ctx);
  }

  begin(fromReset: boolean): void {
    this.age++;
    this.injections.forgive();
    this.unseen.clear();
    this.master.begin(fromReset);
    this.slave.begin(fromReset);
    this.request = undefined;
    this.quietBy = undefined;
  }

  lose(): void {
    this.begin(false);
  }

  get isQemus(): boolean {
    return this.ctx.config.chips === 'qemu';
  }

  chip(number: number): PicChip {
    return number === MASTER ? this.master : this.slave;
  }

  /** The chip of an input of the pair, 0 to 15. */
  chipOf(pin: number): PicChip {
    return pin < PINS_PER_CHIP ? this.master : this.slave;
  }

  /** Could the pair be asking for an ExtINT right now? */
  mayRequest(): Tri {
    this.request ??= this.master.requests();
    return this.request === F && !this.inputs.covered && !this.allMasked() ? U : this.request;
  }

  /** Is an interrupt of `event` surely none of the pair's? Another CPU may have been acknowledging one when the pair fell silent. */
  isQuietFor(event: EventOf<'cpu.inject'>): boolean {
    if (this.mayRequest() !== F || this.injections.hasHanded(event)) return false;
    const since = this.quietBy;
    // What the pair does at that time may stand in another file, whose clock is another one.
    if (since !== undefined && this.ctx.uncertainties.length > 0 && since.stream !== event.stream) return false;
    if (since === undefined || since.tid === event.tid) return true;
    // A pair in user space acknowledges some time before KVM injects.
    return this.inputs.covered ? !this.ctx.unordered(since, event) : event.ns - since.ns > LANDED_AFTER;
  }

  /** True if every input and every acknowledge is recorded, so that IRR and ISR change in no other way. */
  get isSeen(): boolean {
    return this.inputs.covered && this.acknowledges.covered;
  }

  private allMasked(): boolean {
    return this.master.imr.must === 0xff && this.slave.imr.must === 0xff;
  }

  /** KVM traces a write before the chip sees it. */
  private write(e: Event, land: () => void): void {
    this.trail.begin(e);
    if (this.isQemus) {
      land();
      this.changed(e);
      return;
    }
    const age = this.age;
    this.request = U;
    this.ctx.flights.write(e, () => {
      if (age !== this.age) return;
      land();
      this.changed(e);
    });
  }

  private changed(by: Event): void {
    const was = this.request;
    if (!this.isQemus) this.cascade();
    this.unseen.settle(this.master);
    this.unseen.settle(this.slave);
    this.request = this.master.requests();
    if (this.request === F && was !== F) this.quietBy = by;
  }

  /** KVM's slave pulses pin 2 of the master whenever it has a request; QEMU's shows its output as an input of the master. */
  private cascade(): void {
    const { irr } = this.master;
    const request = this.slave.requests();
    if (request !== F && irr.get(CASCADE) === F) irr.set(CASCADE, request === T && this.ctx.config.chips === 'kvm' ? T : U);
  }

  /** The input whose change made the chip print its request, right behind it; undefined if something else did. */
  inputOf(e: EventOf<'pic.request'>): Event | undefined {
    const by = this.inputBy;
    const isNext = by !== undefined && by.seq === e.seq - 1 && by.tid === e.tid && this.chipOf(by.pin) === this.chip(e.chip);
    return isNext ? by : undefined;
  }

  private input(e: EventOf<'pic.in'>): void {
    this.inputBy = e;
    // A slave's request is an input of the master; of another input nobody knows why it moves.
    if (e.pin === CASCADE) this.trail.pass(e);
    const chip = this.chipOf(e.pin);
    const pin = e.pin & 7;
    const { irr, line } = chip;
    if (e.trig !== undefined) chip.elcr.set(pin, e.trig === 'level' ? T : F);
    // A pin that is masked may be unmasked unseen where writes are not recorded.
    if (e.mask === 0 || (e.mask === 1 && this.masks.covered)) chip.imr.set(pin, e.mask);
    else if (e.mask === 1 && chip.imr.get(pin) === F) chip.imr.set(pin, U);
    if (e.mask === undefined && line.get(pin) === e.level && irr.get(pin) === e.level) return;
    chip.input(pin, e.level, e);
    this.changed(e);
  }

  private acknowledge(e: EventOf<'pic.inta'>): void {
    const chip = this.chipOf(e.pin);
    chip.acknowledge(e.pin & 7, e);
    chip.base = e.vec & 0xf8;
    if (this.isQemus) this.injections.hand(e);
    else this.injections.owe(e);
    if (chip === this.slave) this.master.acknowledge(CASCADE, e);
    this.changed(e);
  }

  private configure(e: EventOf<'pic.mode'>): void {
    this.unseen.command(this.chip(e.chip), e);
    this.chip(e.chip).configure(e);
  }

  private end(e: EventOf<'pic.eoi'>): void {
    const rotate = e.rotate === 1;
    if (e.pin === 'ns') this.chip(e.chip ?? MASTER).endHighest(rotate, this.ctx.config.chips !== undefined, e);
    else this.chipOf(e.pin).endSpecific(e.pin & 7, rotate, e);
  }

  private poll(e: EventOf<'pic.poll'>): void {
    const chip = this.chip(e.chip);
    this.unseen.answer(chip, e);
    if (e.val === undefined && chip === this.slave) this.unseen.forget(this.master);
    this.changed(e);
  }

  private read(e: EventOf<'pic.read'>): void {
    const chip = this.chip(e.chip);
    if (e.reg === 'prio') chip.prio = e.val & 7;
    else if (e.reg === 'base') chip.base = e.val;
    else chip[e.reg].assign(e.val);
    this.changed(e);
  }

  private requested(e: EventOf<'pic.request'>): void {
    this.trail.pass(e);
    const chip = this.chip(e.chip);
    const taken = chip.irr.may & ~e.irr & this.takenBefore(chip);
    if (this.looksReset(e)) chip.begin(false);
    chip.irr.assign(e.irr);
    chip.irr.may |= taken;
    chip.imr.assign(e.imr);
    const prio = e.prio & 7;
    // An acknowledge that rotates prints this first, with the priorities it leaves, not those it went by.
    chip.prio = and(chip.aeoi, chip.raeoi) === F || chip.prio === prio ? prio : undefined;
    this.changed(e);
  }

  /** Registers of a chip that was reset, which no recorder shows: then what is known of it is not worth comparing. */
  looksReset(e: EventOf<'pic.request'>): boolean {
    const chip = this.chip(e.chip);
    return e.imr === 0 && e.prio === 0 && (chip.imr.must !== 0 || chip.prio !== 0);
  }

  /** Requests that may have been taken already when the chip shows a further one: QEMU prints the acknowledge last. */
  takenBefore(chip: PicChip): number {
    if (chip.aeoi !== F) return 0xff;
    return chip === this.master && chip.sfnm !== F ? 1 << CASCADE : 0;
  }
}
