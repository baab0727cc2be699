// Which 8259 pin the chipset's router sends each INTx line to, and whose turn it is: a move of a line sets its pin next, before any other is set.
// Intel ICH9 Family Datasheet, PIRQ[n]_ROUT; QEMU hw/isa/lpc_ich9.c ich9_lpc_set_irq.

import type { EventOf } from '../event.js';
import type { Pin } from '../ids.js';

export class PirqRoutes {
  private readonly pinOf = new Map<string, Pin>();
  /** The line that a function has moved since a pin was last set. */
  private moved: string | undefined;

  begin(): void {
    this.pinOf.clear();
    this.moved = undefined;
  }

  route({ line, pin }: EventOf<'intx.route'>): void {
    if (pin === undefined) this.pinOf.delete(line);
    else this.pinOf.set(line, pin);
  }

  /** What is no function of PCI (a timer of the HPET, the chipset's SCI) may set the line past the router. */
  move({ line, by }: EventOf<'intx.line'>): void {
    this.moved = by === undefined ? undefined : line;
  }

  input(pin: Pin): void {
    const route = this.moved === undefined ? undefined : this.pinOf.get(this.moved);
    // The router goes by others than those seen: it was reset or loaded unseen.
    if (route !== undefined && route !== pin) this.pinOf.clear();
    this.moved = undefined;
  }

  /** Lines sent to the pin, if it is one of these that sets it. */
  setting(pin: Pin): string[] {
    if (this.moved === undefined || this.pinOf.get(this.moved) !== pin) return [];
    return [...this.pinOf].flatMap(([line, at]) => (at === pin ? [line] : []));
  }
}
