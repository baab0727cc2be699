// One function's INTx wire and one shared line, as far as they are known.
// PCI Local Bus 3.0 6.2.2 and 6.2.3 (Interrupt Disable, Interrupt Status); PCIe 6.1 (INTx, MSI and MSI-X exclude one another).

import type { Event } from '../event.js';
import { atReset } from './context.js';
import { F, T, U, and, join, not, or, type Tri } from './tri.js';

/** A bit that events set: while a change is under way, old and new are both possible. */
export class Bit {
  value: Tri;
  /** The change that set it. */
  by: Event | undefined;
  private underWay: Event | undefined;

  constructor(value: Tri) {
    this.value = value;
  }

  start(by: Event, value: Tri): void {
    this.underWay = by;
    this.value = join(this.value, value);
  }

  /** The change has taken effect, unless a later one has begun. */
  finish(by: Event, value: Tri): void {
    if (this.underWay !== by) return;
    this.value = value;
    this.by = by;
  }

  learn(value: Tri): void {
    this.underWay = undefined;
    this.value = value;
  }
}

export class IntxFunction {
  readonly name: string;
  /** The function asks for an interrupt (Interrupt Status), whether or not its wire shows it. */
  readonly drv: Bit;
  /** Command bit 10, Interrupt Disable. */
  readonly dis: Bit;
  readonly msi: Bit;
  readonly msix: Bit;
  /** The one line it drives, once a whole pulse has shown it. */
  home: string | undefined;
  /** The line that rose with its latest assertion. */
  raised: string | undefined;
  /** The recorder tells whose wire moves which line: this one's has moved its home. */
  homeTold = false;
  /** It has raised more lines than one: none is its own. */
  several = false;
  /** What let its wire pull the line, and the latest change of anything of it. */
  roseBy: Event | undefined;
  changedBy: Event | undefined;

  constructor(name: string, fromReset: boolean) {
    const low = atReset(fromReset, F);
    this.name = name;
    this.drv = new Bit(low);
    this.dis = new Bit(low);
    this.msi = new Bit(low);
    this.msix = new Bit(low);
  }

  /** MSI or MSI-X is enabled. */
  get messages(): Tri {
    return or(this.msi.value, this.msix.value);
  }

  /** Does the wire pull the line? */
  get eff(): Tri {
    return and(this.drv.value, and(not(this.dis.value), not(this.messages)));
  }

  /** A line rose that only this function can have raised. */
  tookUp(line: string): void {
    if (this.raised !== undefined && this.raised !== line) this.several = true;
    this.raised = line;
  }

  /** The line rose and fell with this function alone: it is on it, and nothing holds its wire back. */
  learnHome(line: string): void {
    this.home = this.several ? undefined : line;
    for (const bit of [this.dis, this.msi, this.msix]) if (bit.value === U) bit.learn(F);
  }
}

export class IntxLine {
  readonly name: string;
  level: Tri;
  /** Latest change of the level, and when it last fell. */
  by: Event | undefined;
  lowBy: Event | undefined;
  /** Functions that never showed anything cannot hold it: it has been seen low since the start. */
  clean: boolean;
  /** It rose with nobody to raise it: not every sharer is recorded, whatever the recorder declares. */
  foreign = false;
  /** A function that is not recorded may hold it, since it was last low. */
  strange = false;
  /** Latest change of a function that is known to be on it. */
  touchedBy: Event | undefined;
  /** Who let go of it since it rose. */
  releaser: IntxFunction | undefined;
  releasedBy: Event | undefined;
  /** Its fall has been asked for, once while it is high. */
  fallAsked = false;

  constructor(name: string, fromReset: boolean) {
    this.name = name;
    this.level = atReset(fromReset, F);
    this.clean = fromReset;
  }

  get entity(): string {
    return `intx:${this.name}`;
  }

  rose(by: Event): void {
    this.level = T;
    this.by = by;
    this.releaser = this.releasedBy = undefined;
  }

  fell(by: Event): void {
    if (this.level === T) this.clean = true;
    this.level = F;
    this.by = this.lowBy = by;
    this.fallAsked = this.strange = false;
  }
}
