// Which 8259 pin the chipset's router sends each INTx line to, and whose turn it is: a move of a line sets its pin next, before any other is set.
// Intel ICH9 Family Datasheet, PIRQ[n]_ROUT; QEMU hw/isa/lpc_ich9.c ich9_lpc_set_irq.

import type { EventOf } from '../event.js';
import type { Pin } from '../ids.js';

export class PirqRoutes {
  private readonly pinOf = new Map<string, Pin>();
  /** The line that has moved since a pin was last set. */
  private moved: string | undefined;

  begin(): void {
    this.pinOf.clear();
    this.moved = undefined;
  }

  route({ line, pin }: EventOf<'intx.route'>): void {
    if (pin === undefined) this.pinOf.delete(line);
    else this.pinOf.set(line, pin);
  }

  move(line: string): void {
    this.moved = line;
  }

  input(): void {
    this.moved = undefined;
  }

  /** Lines sent to the pin, if it is one of these that sets it. */
  setting(pin: Pin): string[] {
    if (this.moved === undefined || this.pinOf.get(this.moved) !== pin) return [];
    return [...this.pinOf].flatMap(([line, at]) => (at === pin ? [line] : []));
  }
}
