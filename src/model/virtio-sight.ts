// What a recording shows of the interrupts that virtio functions ask for. QEMU has several ways with an event each (virtio_notify,
// virtio_notify_irqfd), and vhost's come through an eventfd that its main loop reads, with none (virtio_queue_guest_notifier_read).

import type { Event, EventOf } from '../event.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import type { MsixFunctions } from './msix.js';
import { F, T, U, type Tri } from './tri.js';
import type { LineEchoes } from './virtio-echo.js';
import type { VirtioFunction } from './virtio-function.js';
import type { VirtioIsr } from './virtio-isr.js';

/** Levels of lines, one of which rises with the wire of a function. */
const LINES = ['intx.line', 'ioapic.in', 'pic.in', 'kvm.set_irq'] as const;

export class VirtioSight {
  /** Lines that have gone up, or may have. */
  rises = 0;
  private readonly ctx: Context;
  private readonly msix: MsixFunctions;
  private readonly echoes: LineEchoes;
  private readonly notifies: Channel;

  constructor(ctx: Context, msix: MsixFunctions, echoes: LineEchoes) {
    this.ctx = ctx;
    this.msix = msix;
    this.echoes = echoes;
    this.notifies = ctx.channels.of('virtio.notify');
  }

  line({ level }: EventOf<(typeof LINES)[number]>): void {
    if (level !== 0) this.rises++;
  }

  /** The function's wire is low; is it known that it would not rise unseen, and that nothing is left in the register from the time of messages? */
  low({ isr, name }: VirtioFunction, e: Event): void {
    const { enabled, enableBy } = this.msix.of(name);
    const { clearedBy } = isr;
    const isCleared = clearedBy !== undefined && (enableBy === undefined || (enableBy.seq < clearedBy.seq && !this.ctx.unordered(enableBy, clearedBy)));
    isr.lowBy = isCleared && enabled === F && this.echoes.showsRise(name) ? e : undefined;
  }

  /** Are notifications of any function recorded? */
  get covered(): boolean {
    return this.notifies.covered;
  }

  /** Are this function's recorded, too? Seeing another function's is not enough. */
  shows({ shown }: VirtioIsr): boolean {
    return this.notifies.declared || (this.notifies.covered && shown);
  }

  /** May the latest notification, or read, have come on the other side of `e`? */
  isNear({ notifyBy, readBy }: VirtioIsr, e: Event): boolean {
    return [notifyBy, readBy].some((by) => by !== undefined && this.ctx.unordered(by, e));
  }

  /** Has nothing unseen set the register since it was last read? What no line rose with was not set through an eventfd. */
  isSettled(isr: VirtioIsr, e: EventOf<'virtio.isr.read'> | EventOf<'pci.status.read'>): boolean {
    if (this.isNear(isr, e) || !this.shows(isr)) return false;
    const isTold = LINES.some((kind) => this.ctx.channels.covers(kind)) && this.msix.of(e.fn).enabled !== T && !this.echoes.isDisabled(e.fn);
    return this.notifies.declared || (isTold && isr.rises === this.rises);
  }

  /** Does the register read what nothing has set since it was last read? */
  notCleared(isr: VirtioIsr, e: EventOf<'virtio.isr.read'>): Tri {
    const stale = isr.notCleared(e);
    return stale === F || this.isSettled(isr, e) ? stale : U;
  }

  /** Could the wire not have been up at `e`, which shows it up, for any notification? */
  risesUnasked(isr: VirtioIsr, e: EventOf<'pci.status.read'>): Tri {
    if (isr.suspect === e) return this.isNear(isr, e) ? U : T;
    return this.isSettled(isr, e) ? isr.risesUnasked : U;
  }
}
