// Physical interrupts that no guest can end: since they were acknowledged no list register of their CPU has held them. Arm IHI 0069,
// ICH_LR<n>_EL2.HW: only the end of what a list register holds deactivates a physical interrupt without a line of its own.

import type { Event, EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Context } from './context.js';
import { FIRST_SPI } from './intids.js';
import type { LrBank } from './lr-bank.js';
import { F } from './tri.js';
import { interruptKey } from './vgic-interrupts.js';

export class Unhanded {
  private readonly ctx: Context;
  /** By interrupt the acknowledge. */
  private readonly taken = new Map<number, Event>();

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  clear(): void {
    this.taken.clear();
  }

  /** `bank` is its CPU's, in its stream. What is shared by CPUs any of them may hold. */
  acknowledge(e: EventOf<'pgic.iar'>, bank: LrBank): void {
    const key = interruptKey(e.id, e.cpu);
    if (e.id < FIRST_SPI && this.ctx.channels.of('vgic.flush').shows(e.stream) && this.isFree(e.id, bank)) this.taken.set(key, e);
    else this.taken.delete(key);
  }

  private isFree(id: Intid, bank: LrBank): boolean {
    if (!bank.isKnown(bank.total(this.ctx.config.nrLr))) return false;
    for (const { hw, pid } of bank.slots.values()) if (hw !== F && (pid === undefined || pid === id)) return false;
    return true;
  }

  /** A list register holds it; without its pINTID it may be any. */
  fill({ hw, pid }: EventOf<'vgic.flush'> | EventOf<'vgic.fold'>, cpu: Vcpu): void {
    if (hw === 0 || this.taken.size === 0) return;
    if (pid === undefined) this.taken.clear();
    else this.taken.delete(interruptKey(pid, cpu));
  }

  /** Is that so since the acknowledge `by`? */
  has(id: Intid, cpu: Vcpu, by: Event | undefined): boolean {
    return by !== undefined && this.taken.get(interruptKey(id, cpu)) === by;
  }
}
