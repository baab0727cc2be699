// Whether a function may have been reset unseen: function-level resets and machine resets leave no line in most recordings.

import type { Event } from '../event.js';
import type { Sight } from './msix-sight.js';

export class ResetWatch {
  private readonly sight: Sight;
  private lastBy: Event | undefined;
  /** Events from this number on are younger than any silence in which a reset and a new start would fit. */
  private recentFrom = -1;
  /** The function showed at the second event what was set before the first: no reset lies between. */
  private wholeFrom = Infinity;
  private wholeTo = -1;

  constructor(sight: Sight) {
    this.sight = sight;
  }

  /** Are resets recorded? */
  get shown(): boolean {
    return this.sight.resets;
  }

  restart(): void {
    this.wholeFrom = Infinity;
    this.wholeTo = -1;
  }

  /** An event of the function. */
  touch(e: Event): void {
    this.recentFrom = Math.max(this.recentFrom, this.since(e));
    this.lastBy = e;
  }

  /** False if so much time lies between that a reset may have gone unseen. */
  trusts(by: Event | undefined, e: Event): boolean {
    return (by?.seq ?? -1) >= this.since(e);
  }

  /** The function still shows at `e` what was set by the event numbered `since`. */
  confirm(since: number, e: Event): void {
    this.wholeFrom = since <= this.wholeTo ? Math.min(since, this.wholeFrom) : since;
    this.wholeTo = e.seq;
  }

  /** Is it proved that no reset lies between the event numbered `since` and `e`? */
  excludes(since: number, e: Event): boolean {
    return this.shown || (this.wholeFrom <= since && this.wholeTo >= e.seq);
  }

  private since(e: Event): number {
    if (this.shown) return -1;
    return this.lastBy === undefined || this.sight.ctx.recent(this.lastBy, e) ? this.recentFrom : e.seq;
  }
}
