// The line of an interrupt of a GIC and its latch, and what they come to: a level interrupt is pending while its line is high, whatever ICPENDR
// clears, an edge from the rise until it is taken or cleared. Arm IHI 0048B, 3.2.4; IHI 0069, 4.1.

import type { GicEvent } from './gic-event.js';
import { F, T, U, and, join, known, or, type Tri } from './tri.js';

export class GicSignal {
  line: Tri;
  latch: Tri;
  /** Level-triggered. */
  level: Tri;
  /** It has read as not pending: its line, whatever the trigger, has not held it since. */
  protected unheld = false;
  /** Its line has risen while its trigger was unknown: held or latched, it is pending until the line falls, or until it is taken or cleared. */
  protected risen = false;

  /** Its trigger may have changed while it was pending, and nothing has moved it since: QEMU's GICv3 offers it, or not, as before (gicd_writel, GICD_ICFGR). */
  retriggered: boolean;

  constructor(off: Tri, level: Tri) {
    this.line = this.latch = off;
    this.level = level;
    this.retriggered = level === U && off === U;
  }

  get pending(): Tri {
    return this.risen ? T : or(this.latch, this.heldByLine);
  }

  /** Pending because of its line, which nothing but the device takes back. */
  get heldByLine(): Tri {
    return this.unheld ? F : and(this.level, this.line);
  }

  /** Another CPU's write may have set its latch, or cleared it. */
  mayBecome(latch: Tri): void {
    this.latch = join(this.latch, latch);
    this.risen = false;
  }

  protected move({ level, targets }: GicEvent<'in'>): void {
    this.risen = level === 1 && (this.risen || (this.line === F && this.level === U && targets !== 0));
    this.line = known(level);
    this.retriggered = false;
  }
}
