// Acknowledges of the 8259 pair that no event shows: by INTA where none is recorded, or by a poll, the read after a command of OCW3.

import type { EventOf } from '../event.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import type { PicChip } from './pic-chip.js';
import { F } from './tri.js';

export class UnseenTakes {
  private readonly acknowledges: Channel;
  private readonly polls: Channel;
  /** Chips whose next read is a poll. */
  private readonly polled = new Set<PicChip>();

  constructor(ctx: Context) {
    this.acknowledges = ctx.channels.of('pic.inta');
    this.polls = ctx.channels.of('pic.poll');
  }

  clear(): void {
    this.polled.clear();
  }

  command(chip: PicChip, { poll }: EventOf<'pic.mode'>): void {
    if (poll === 1) this.polled.add(chip);
  }

  /** The chip answered: QEMU acknowledges what it answers; what KVM did, and whether it was a poll at all, is not known without an answer. */
  answer(chip: PicChip, e: EventOf<'pic.poll'>): void {
    this.polled.delete(chip);
    if (e.val === undefined) this.forget(chip);
    else if ((e.val & 0x80) !== 0) chip.acknowledge(e.val & 7, e);
  }

  forget(chip: PicChip): void {
    chip.irr.maybeClear(0xff);
    chip.isr.forget();
    if (chip.raeoi !== F) chip.prio = undefined;
  }

  /** Whatever may be taken may have been. */
  settle(chip: PicChip): void {
    const shows = this.acknowledges.covered && (this.polls.covered || !this.polled.has(chip));
    if (shows || chip.requests() === F) return;
    const open = chip.irr.may & ~chip.imr.must;
    chip.irr.maybeClear(open);
    chip.isr.may |= open;
    if (chip.raeoi !== F && chip.aeoi !== F) chip.prio = undefined;
  }
}
