// What a guest's CPU interface lets through: its mask and group enables, and what it runs. Arm IHI 0069, 4.8 and 12.3 (ICV_*);
// IHI 0048B, 5.5.

import type { EventOf } from '../event.js';
import type { Intid } from '../ids.js';
import { U, type Tri } from './tri.js';

/** Priority bits of a list register that every implementation has. */
export const PRIORITY_BITS = 0xf8;

/** The running priority where nothing runs. */
const IDLE = 0xff;
/** Priorities of a guest are fewer. */
const DEEPEST = 256;

/** The guest acknowledged it and has not ended it; `settled`: nobody has written priorities since. */
interface Taken {
  readonly id: Intid;
  readonly group: 0 | 1 | undefined;
  readonly priority: number | undefined;
  readonly by: EventOf<'gic.iar'>;
  settled: boolean;
}

/** What of a list register decides whether it is signalled. */
interface Listed {
  readonly prio?: number | undefined;
  readonly group?: 0 | 1 | undefined;
}

export class GuestInterface {
  /** What the guest runs, latest last, as far as it is known. */
  private readonly taken: Taken[] = [];
  /** The least urgent that has interrupted what runs below `taken`, if anything does. */
  private above: { readonly priority: number; readonly group: 0 | 1 | undefined } | undefined;
  /** Nothing runs below `taken`. */
  private isFree = false;
  /** The guest's priority mask, and the enables of groups 0 and 1. */
  mask: number | undefined;
  groups: [Tri, Tri] = [U, U];

  get top(): Taken | undefined {
    return this.taken.at(-1);
  }

  /** Priorities, or how they count, were written. */
  disturb(): void {
    for (const taken of this.taken) taken.settled = false;
    this.above = undefined;
  }

  /** The interface may have another guest's priorities now. */
  load(): void {
    this.disturb();
    this.isFree = false;
  }

  /** An end of interrupt: is it surely of what the guest runs? */
  drop(e: EventOf<'gic.eoir'>): boolean {
    const last = this.taken.pop();
    if (last?.id === e.id && last.group === e.group) return last.settled;
    if (last !== undefined) this.load();
    this.taken.length = 0;
    return false;
  }

  /** The running priority was read. */
  runs(e: EventOf<'gic.rpr'>): void {
    if (e.val !== IDLE) return;
    this.taken.length = 0;
    this.isFree = true;
  }

  /** Would the interrupt surely interrupt what runs? Nothing does, or what does has been interrupted by one that was no more urgent. */
  lets({ prio, group }: Listed): boolean {
    if (this.top !== undefined || prio === undefined) return false;
    return this.isFree || (this.above !== undefined && this.above.group === group && prio <= this.above.priority);
  }

  /** Does the mask surely let it through? */
  unmasks({ prio }: Listed): boolean {
    return prio !== undefined && this.mask !== undefined && (prio & PRIORITY_BITS) < (this.mask & PRIORITY_BITS);
  }

  /** It was acknowledged, out of the list register if only one can have held it. */
  take(e: EventOf<'gic.iar'>, listed: Listed | undefined): void {
    const { prio, group } = listed ?? {};
    if (this.taken.length === 0 && prio !== undefined && (this.above === undefined || prio > this.above.priority)) this.above = { priority: prio, group };
    this.taken.push({ id: e.id, group: e.group, priority: prio, by: e, settled: true });
    if (this.taken.length > DEEPEST) this.taken.shift();
  }
}
