// What the chips of QEMU's 8259 pair owe: whatever sets the output anew while a request is due makes the chip print that request at once, and the slave lower the master's pin when none is.
// QEMU hw/intc/i8259.c pic_update_irq, which pic_set_irq, OCW1 and most of OCW2 end with; 8259A data sheet, INT. Goes by the pair as the event leaves it.

import type { Event, EventOf } from '../event.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Pic } from './pic.js';
import { CASCADE, type PicChip } from './pic-chip.js';
import { F, T } from './tri.js';

/** Of what a poll answers. */
const ACKNOWLEDGED = 0x80;

export class PicRequests implements Component {
  private readonly ctx: Context;
  private readonly pic: Pic;
  private readonly shown: Channel;

  /** Chips that have gone on without the request that they owe. */
  private readonly missed = new Set<number>();
  /** The latest request of the slave, and the rise of the cascade right behind it. */
  private slaveBy: Event | undefined;
  private raisedBy: Event | undefined;

  readonly steps: Steps = {
    'pic.in': (e) => {
      this.pass(e);
      this.cascade(e);
      // A reset under way, or a snapshot being restored, lowers inputs of a chip that requests nothing any more.
      if (e.level === 1) this.set(this.pic.chipOf(e.pin), e);
    },
    'pic.inta': (e) => {
      this.pass(e);
      if (this.pic.chipOf(e.pin) === this.pic.slave) this.oweFall(e);
    },
    'pic.request': (e) => {
      if (!this.missed.has(e.chip)) this.ctx.owed.clear('pic.request', e.chip);
      this.pass(e);
      if (e.chip === this.pic.slave.number) this.slaveBy = e;
    },
    'pic.imr': (e) => {
      this.overdue(e);
      this.set(this.pic.chip(e.chip), e);
      if (e.chip === this.pic.slave.number) this.oweFall(e);
    },
    'pic.mode': (e) => {
      this.overdue(e);
      if (e.prio !== undefined) this.set(this.pic.chip(e.chip), e);
    },
    'pic.eoi': (e) => {
      this.overdue(e);
      this.set(this.endedBy(e), e);
    },
    'pic.init': (e) => this.overdue(e),
    'pic.elcr': (e) => this.overdue(e),
    'pic.poll': (e) => {
      this.overdue(e);
      if (e.chip === this.pic.slave.number && e.val !== undefined && (e.val & ACKNOWLEDGED) !== 0) this.oweFall(e);
    },
    'pic.read': (e) => this.overdue(e),
  };

  constructor(ctx: Context, pic: Pic) {
    this.ctx = ctx;
    this.pic = pic;
    this.shown = ctx.channels.of('pic.request');
  }

  begin(): void {
    this.missed.clear();
    this.slaveBy = this.raisedBy = undefined;
    this.ctx.owed.forgive('pic.request');
    this.ctx.owed.forgive('pic.lower');
  }

  lose(): void {
    this.begin();
  }

  /** The chip of which an end of interrupt has ended something for sure; else QEMU leaves the output alone. */
  private endedBy(e: EventOf<'pic.eoi'>): PicChip | undefined {
    return [this.pic.master, this.pic.slave].find((chip) => chip.pins.some(({ endedBy }) => endedBy === e));
  }

  /** The chip's output has been set anew, if there is one. */
  private set(chip: PicChip | undefined, e: Event): void {
    if (chip === undefined || this.missed.has(chip.number) || !this.pic.isQemus || !this.shown.covered || chip.requests() !== T) return;
    const inputs = chip.pins.filter((_, pin) => chip.takes(pin) === T).map(({ inputBy }) => inputBy);
    // A reset, which nobody may have recorded, takes the request away.
    const because = inputs.filter((input) => input !== undefined).filter((input) => this.ctx.recent(input, e) && !this.ctx.unordered(input, e));
    if (because.length > 0) this.ctx.owed.owe({ name: 'pic.request', key: chip.number, entity: chip.entity, by: e, because });
  }

  /** What moves the slave, or the pin of the master that its output drives, as it does each time that it is set. */
  private cascade(e: EventOf<'pic.in'>): void {
    if (e.pin !== CASCADE) {
      if (e.level === 0 && this.pic.chipOf(e.pin) === this.pic.slave) this.oweFall(e);
      return;
    }
    this.ctx.owed.clear('pic.lower', this.pic.slave.number);
    const { slaveBy } = this;
    this.raisedBy = e.level === 1 && slaveBy !== undefined && slaveBy.seq === e.seq - 1 && slaveBy.tid === e.tid ? e : undefined;
  }

  /** The slave sets its output anew, and requests nothing: the pin of the master falls. */
  private oweFall(by: Event): void {
    const { raisedBy } = this;
    const { master, slave, isQemus } = this.pic;
    if (raisedBy === undefined || !isQemus || slave.requests() !== F || master.line.get(CASCADE) !== T) return;
    // A reset, which nobody may have recorded, lowers it, too.
    if (!this.ctx.channels.covers('pic.in') || !this.ctx.recent(raisedBy, by) || this.ctx.unordered(raisedBy, by)) return;
    this.ctx.owed.owe({ name: 'pic.lower', key: slave.number, entity: slave.entity, by, because: [raisedBy] });
  }

  /** The thread has gone on to another event of the pair's. */
  private pass(e: Event): void {
    if (!this.ctx.owed.any('pic.request')) return;
    for (const { number } of [this.pic.master, this.pic.slave]) if (this.ctx.owed.open('pic.request', number)?.by.tid === e.tid) this.missed.add(number);
  }

  /** The guest accesses the pair: what it finds is no reset or restore that is still under way. */
  private overdue(e: Event): void {
    this.pass(e);
    for (const chip of this.missed) this.ctx.owed.late('pic.request', chip, e);
    this.missed.clear();
    this.ctx.owed.late('pic.lower', this.pic.slave.number, e);
  }
}
