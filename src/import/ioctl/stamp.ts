// What every event of an ioctl log has from its row, and where it stands in time.
// A call stands where it can first have an effect, so that its consequences follow it; what only ends something stands at the return, because
// until then the old state is legal. Both times of the call are kept beside the event for a merge with another stream.

import type { Event } from '../../event.js';
import { setBracket } from './bracket.js';
import type { Row } from './row.js';

export const NOTHING: readonly Event[] = [];
/** What to do with the rows of one op. */
export type Op = (row: Row) => readonly Event[];

export class Stamp {
  readonly #stream: number;
  /** Time of the first row; all others count from it. */
  readonly #base: number;

  constructor(stream: number, base: number) {
    this.#stream = stream;
    this.#base = base;
  }

  /** The common fields of an event at `time`. */
  at(row: { readonly line: number; readonly op: string; readonly tid: number }, time: number) {
    return { seq: 0, ns: this.#ns(time), on: -1, tid: row.tid, stream: this.#stream, at: row.line, name: row.op };
  }

  /** An event that took effect somewhere between the call's two times. */
  during(row: Row, event: Event): readonly Event[] {
    this.between(event, row.t0, row.t1);
    return [event];
  }

  /** The same between two times of the log. */
  between(event: Event, from: number, to: number): void {
    setBracket(event, this.#ns(from), this.#ns(to));
  }

  /** The same, if the call succeeded. */
  done(row: Row, event: Event): readonly Event[] {
    return row.ret < 0 ? NOTHING : this.during(row, event);
  }

  #ns(time: number): number {
    return Math.max(0, time - this.#base);
  }
}
