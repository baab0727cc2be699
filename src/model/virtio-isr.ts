// The ISR status of a virtio function and the INTx wire that goes with it. VIRTIO 1.2, 4.1.4.5: a read clears the register and
// de-asserts the wire. QEMU virtio_notify_irqfd sets the bit at once and once more, with the wire, when its main loop hears of it.

import type { Event, EventOf } from '../event.js';
import { F, T, U, type Tri } from './tri.js';
import type { Notified } from './virtio-vectors.js';

type Read = EventOf<'virtio.isr.read'>;
type Sight = EventOf<'intx.assert'> | EventOf<'pci.status.read'>;

/** How often a notification may set the queue bit. */
const SETS = 2;
const CONFIG_CHANGE = 2;
/** Reads kept as evidence. */
const KEPT = 8;

export class VirtioIsr {
  /** Upper bound of the assertions that notifications have asked for and that may still come. */
  private coming: number;
  /** Upper bound of the times that the queue bit may have been set, or will be, with no read of it yet. */
  private sets: number;
  /** A notification that may explain what the register holds has been seen: the way by which this function notifies is recorded. */
  shown = false;
  notifyBy: Notified | undefined;
  readBy: Read | undefined;
  /** The latest read or reset: what the register held before is gone. */
  clearedBy: Event | undefined;
  /** How many lines had gone up until the latest read or reset. */
  rises = -1;
  /** What showed the wire up since the latest read. */
  assertedBy: Sight | undefined;
  /** A Status register that shows the wire up since the latest read, although no assertion was to come. */
  suspect: EventOf<'pci.status.read'> | undefined;
  /** Reads in a row that did not show the queue bit, each after a notification that sets it. */
  unset: readonly Read[] = [];
  /** The notification since the latest read. */
  setBy: Notified | undefined;
  /** Since when the wire has been low with INTx in use, and no line has risen. */
  lowBy: Event | undefined;
  /** Is the wire up, as its own events tell? */
  wire: Tri;
  /** A reset may not have come to its end: it will undo what is set meanwhile. */
  private draining = false;

  constructor(fresh: boolean) {
    this.coming = this.sets = fresh ? 0 : Infinity;
    this.wire = fresh ? F : U;
  }

  /** A reset clears the register, lowers the wire and forgets what was to come. */
  reset(by: Event): void {
    this.clearedBy = by;
    // What it held before may still be there, if the reset fails.
    this.shown &&= this.sets > 0;
    this.coming = this.sets = 0;
    this.setBy = this.lowBy = undefined;
    this.wire = F;
    this.draining = true;
    this.turn(undefined);
  }

  settle(): void {
    this.draining = false;
  }

  forget(): void {
    this.coming = this.sets = Infinity;
    this.wire = U;
    this.notifyBy = this.setBy = this.lowBy = this.clearedBy = undefined;
    this.unset = [];
    this.draining = false;
    this.turn(undefined);
  }

  notify(e: Notified): void {
    this.coming++;
    this.sets += SETS;
    this.shown = true;
    this.notifyBy = e;
    if (e.kind === 'virtio.notify' && !this.draining) this.setBy = e;
  }

  /** The reads that did not show what notifications have set, `e` included; nothing if it does, or if none has. */
  unsetAt(e: Read): readonly Read[] {
    return this.setBy !== undefined && (e.val & 1) === 0 ? [...this.unset, e] : [];
  }

  mayRise(): void {
    this.lowBy = undefined;
  }

  raise(e: EventOf<'intx.assert'>): void {
    this.mayRise();
    this.wire = this.draining ? U : T;
    if (!this.draining) this.assertedBy ??= e;
  }

  /** `settled`: nothing unseen has set the register since it was last read. */
  status(e: EventOf<'pci.status.read'>, settled: boolean): void {
    if (e.int_status === 0 || this.assertedBy !== undefined) return;
    this.assertedBy = e;
    if (settled && this.risesUnasked === T) this.suspect = e;
  }

  /** Could the wire not rise by itself now? Known after a read alone. */
  get risesUnasked(): Tri {
    return this.readBy !== undefined && this.coming === 0 ? T : U;
  }

  /** Does the read show a queue bit that nothing has set since it was last read? A configuration change may set it in passing. */
  notCleared({ val }: Read): Tri {
    if ((val & 1) === 0) return F;
    return this.sets === 0 && (val & CONFIG_CHANGE) === 0 ? T : U;
  }

  read(e: Read): void {
    this.clearedBy = e;
    if ((e.val & 1) === 1) this.unset = [];
    else if (this.setBy !== undefined) this.unset = this.unsetAt(e).slice(-KEPT);
    this.setBy = undefined;
    if ((e.val & 1) === 1) this.sets = Math.max(0, this.sets - 1);
    // One assertion has come; a configuration change would have left its bit.
    if (this.assertedBy !== undefined && (e.val & CONFIG_CHANGE) === 0 && this.coming > 0) {
      this.coming--;
      this.sets = Math.min(this.sets, SETS * this.coming);
    }
    this.turn(e);
  }

  private turn(read: Read | undefined): void {
    this.readBy = read;
    this.assertedBy = undefined;
    this.suspect = undefined;
  }
}
