// What the assembler has told so far: the stamp of the line at hand, the events it made, and those held back because
// a later line may still settle them.

import type { Event } from '../../event.js';
import type { OwnFields, Stamp } from '../stamp.js';

/** Bounds of the memory: what is still open after that stays unknown. */
const MAX_HELD = 4096;
const MAX_HELD_NS = 50e6;

export class Journal {
  /** The line at hand. The NaN makes the time a double from the start, here and in all events: changing its mind costs V8 dear. */
  ns = Number.NaN;
  on = -1;
  tid = -1;
  line = 0;
  /** Records up to the one at hand, where the reader counts them. */
  count = 0;
  name = '';
  readonly stream: number;
  /** Events told so far. */
  told = 0;
  #out: Event[] = [];
  #held: Event[] = [];

  constructor(stream: number) {
    this.stream = stream;
    this.ns = 0;
  }

  /** Events go to `out` from now on; the held ones come first. */
  begin(out: Event[]): void {
    this.#out = out;
    for (const event of this.#held) out.push(event);
    this.#held = [];
  }

  stamp(): Stamp {
    return { seq: 0, ns: this.ns, on: this.on, tid: this.tid, stream: this.stream, at: this.line, name: this.name };
  }

  /** An event that the line at hand shows, to be told or kept. */
  event<F extends OwnFields>(fields: F): Stamp & F {
    return Object.assign(this.stamp(), fields);
  }

  /** The line at hand tells an event with these fields of its own. */
  say(fields: OwnFields): void {
    this.tell(this.event(fields));
  }

  tell(event: Event): void {
    this.#out.push(event);
    this.told++;
  }

  /** Puts `events` in front of `mark`, which is not given out yet. */
  tellBefore(mark: Event, ...events: Event[]): void {
    this.#out.splice(this.#out.lastIndexOf(mark), 0, ...events);
    this.told += events.length;
  }

  /** Takes back an event that is not given out yet. */
  retract(event: Event): void {
    this.#out.splice(this.#out.lastIndexOf(event), 1);
  }

  /** True for a question asked at `ns` with `told` events behind it that has been open too long. */
  tooOld(told: number, ns: number): boolean {
    return this.told - told > MAX_HELD || this.ns - ns > MAX_HELD_NS;
  }

  /** Takes back everything from the first of the open events on. */
  hold(open: readonly Event[]): void {
    if (open.length === 0) return;
    this.#held = this.#out.splice(Math.min(...open.map((event) => this.#out.lastIndexOf(event))));
  }
}
