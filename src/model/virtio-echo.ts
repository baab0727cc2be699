// Virtio functions of which only the shared INTx line is recorded, by a recorder that writes the line's level at every change of a wire, whether
// it changes the level or not (`meta.cfg lineEcho=1`). QEMU hw/pci/pci.c pci_irq_handler, pci_change_irq_level.
// In order, a notified function makes its line be written twice before its ISR status reads 1 and is read: as its wire rises, and as the read lowers it.

import type { EventOf } from '../event.js';

type Line = EventOf<'intx.line'>;
type Read = EventOf<'virtio.isr.read'>;

interface Watched {
  /** Lines written until the latest read of the ISR status, and until the first notification since. */
  readAt: number;
  notifiedAt: number | undefined;
  /** The rise that came with its first notification, and the reads of 1 since, each after another notification. */
  rise: Line | undefined;
  reads: readonly Read[];
}

export class LineEchoes {
  /** Does the recorder write lines in this way? */
  declared = false;
  private readonly levels = new Map<string, 0 | 1 | undefined>();
  private readonly watched = new Map<string, Watched>();
  /** Functions whose Interrupt Disable is known to be clear, or set. */
  private readonly disabled = new Map<string, 0 | 1 | undefined>();
  private fromReset = false;
  private written = 0;
  private latestRise: { readonly e: Line; readonly number: number } | undefined;

  begin(fromReset: boolean): void {
    this.levels.clear();
    this.watched.clear();
    this.disabled.clear();
    this.fromReset = fromReset;
    this.latestRise = undefined;
  }

  line(e: Line): void {
    const before = this.levels.get(e.line);
    // A wire that changes leaves its line high, or takes it down from high.
    if (!this.declared || (e.level === 0 && before === 0)) return;
    this.written++;
    if (e.level === 1 && before === 0) this.latestRise = { e, number: this.written };
    this.levels.set(e.line, e.level);
    if (e.level === 0) for (const fn of this.watched.values()) if (fn.rise?.line === e.line) forget(fn);
  }

  /** The function was reset: its wire is down, and it has not been notified. */
  reset(name: string): void {
    if (this.declared) this.watched.set(name, { readAt: this.written, notifiedAt: undefined, rise: undefined, reads: [] });
  }

  command({ fn, intx_disable }: EventOf<'pci.cmd'>): void {
    this.disabled.set(fn, intx_disable);
    if (intx_disable !== 0) this.drop(fn);
  }

  /** Is its INTx known to be disabled? */
  isDisabled(name: string): boolean {
    return this.disabled.get(name) === 1;
  }

  /** Does a rise of the function's wire set its line, so that it shows? */
  showsRise(name: string): boolean {
    return this.declared && (this.disabled.has(name) ? this.disabled.get(name) === 0 : this.fromReset);
  }

  /** What it does from now on is not its line's business: INTx is off, or may be. */
  drop(name: string): void {
    this.watched.delete(name);
  }

  notify(name: string): void {
    const fn = this.watched.get(name);
    if (fn !== undefined) fn.notifiedAt ??= this.written;
  }

  read(e: Read): void {
    const fn = this.watched.get(e.fn);
    if (fn === undefined) return;
    const { rise, reads } = this.after(fn, e);
    this.watched.set(e.fn, { readAt: this.written, notifiedAt: undefined, rise, reads });
  }

  /** The line that rose with the function, and the reads that did not lower its wire, this one included. */
  stuckAt(e: Read): { readonly rise: Line; readonly reads: readonly Read[] } | undefined {
    const fn = this.showsRise(e.fn) ? this.watched.get(e.fn) : undefined;
    const { rise, reads } = fn === undefined ? { rise: undefined, reads: [] } : this.after(fn, e);
    return rise === undefined ? undefined : { rise, reads };
  }

  private after({ readAt, notifiedAt, rise, reads }: Watched, e: Read): { rise: Line | undefined; reads: readonly Read[] } {
    const none = { rise: undefined, reads: [] };
    // A configuration change may have come unseen.
    if (e.val !== 1 || notifiedAt === undefined) return none;
    if (rise !== undefined) return this.written - readAt <= 1 ? { rise, reads: [...reads, e] } : none;
    const latest = this.latestRise;
    const alone = this.written === notifiedAt + 1 && latest?.number === this.written;
    return alone ? { rise: latest.e, reads: [e] } : none;
  }
}

function forget(fn: Watched): void {
  fn.rise = undefined;
  fn.reads = [];
}
