// The records of one CPU, out of its ring-buffer pages (kernel/trace/ring_buffer.c, include/linux/ring_buffer.h).

import { RawRecord } from '../kvm/record.js';
import type { CpuStats } from './cpu-stats.js';
import type { EventTypes } from './event-types.js';
import { lengthOfPage } from './page-check.js';
import type { PageLayout } from './page-layout.js';
import type { Pages } from './pages.js';
import { Reference } from './reference.js';
import { DELTA, LARGEST_SHORT, LONG, PADDING, TIME_EXTEND, TIME_STAMP } from './ring-record.js';
import type { Shift } from './time-shift.js';

/** Bits of the commit word: the data's length, and what was lost in front of the page. */
const LENGTH = 0x07ff_ffff;
const MISSED_EVENTS = 2 ** 31;
const MISSED_STORED = 2 ** 30;

const STAMP_BITS = 59n;

/** Events lost in front of the record at hand, as far as their number is known. */
export interface Gap {
  readonly n: number | undefined;
  /** In words; empty for what the kernel itself marked. */
  readonly damage: string;
}

interface CpuOptions {
  readonly cpu: number;
  /** Number of the trace buffer, for recordings of several instances. */
  readonly buffer: number;
  readonly layout: PageLayout;
  readonly types: EventTypes;
  readonly reference: Reference;
  /** Events that the kernel counted as lost, as far as it did. */
  readonly stats: CpuStats | undefined;
  /** What makes the CPU's stamps those of the others. */
  readonly shift?: Shift | undefined;
}

/** One CPU's records in order. `at` and `end` are those of the record at hand, from its common fields on. */
export class CpuRecords extends RawRecord {
  readonly cpu: number;
  readonly buffer: number;
  /** From the reference. Doubles from the start, as in the journal. */
  time = Number.NaN;
  /** Before the shift: from the CPU's own first stamp, if there is one. */
  #own = Number.NaN;
  /** What was lost in front of the record at hand. */
  gaps: readonly Gap[] = [];
  readonly #pages: Pages;
  readonly #layout: PageLayout;
  readonly #types: EventTypes;
  readonly #reference: Reference;
  readonly #ownReference: Reference;
  readonly #shift: Shift | undefined;
  readonly #stats: CpuStats | undefined;
  /** Events marked as lost so far; NaN once a mark did not say how many. */
  #marked = Number.NaN;
  /** Next record of the page and the end of its data. */
  #next = 0;
  #dataEnd = 0;
  #pending: Gap[] = [];
  #begun = false;
  #ended = false;

  constructor(pages: Pages, { cpu, buffer, layout, types, reference, stats, shift }: CpuOptions) {
    super();
    this.#pages = pages;
    this.cpu = cpu;
    this.buffer = buffer;
    this.#layout = layout;
    this.#types = types;
    this.#reference = reference;
    this.#ownReference = shift === undefined ? reference : new Reference();
    this.#shift = shift;
    this.#stats = stats;
    this.#marked = 0;
  }

  /** Goes to the next event; false at the end, when `gaps` still tells what was lost after the last one. */
  next(): boolean {
    if (this.gaps.length > 0) this.gaps = [];
    for (;;) {
      while (this.#next < this.#dataEnd) if (this.#step()) return true;
      if (this.#pages.next()) this.#open();
      else {
        this.#end();
        return false;
      }
    }
  }

  /** True if an event stands here; other records only tell time. */
  #step(): boolean {
    const { view } = this;
    const start = this.#next;
    const word = view.getUint32(start, true);
    const type = word & 31;
    this.#own += word >>> 5;
    if (type !== LONG && type <= LARGEST_SHORT) return this.#event(start + 4, type * 4);
    if (type === PADDING && word >>> 5 === 0) {
      this.#next = this.#dataEnd;
      return false;
    }
    if (start + 8 > this.#dataEnd) return this.#damaged();
    const second = view.getUint32(start + 4, true);
    if (type === LONG) return second < 4 ? this.#damaged() : this.#event(start + 8, second - 4);
    this.#next = start + 8;
    if (type === TIME_EXTEND) this.#own += second * DELTA;
    else if (type === TIME_STAMP) this.#stamp(BigInt(second) * BigInt(DELTA) + BigInt(word >>> 5), word >>> 5);
    else this.#next = start + 4 + Math.max(4, second);
    return false;
  }

  #event(at: number, length: number): boolean {
    const end = at + length;
    if (end > this.#dataEnd) return this.#damaged();
    this.at = at;
    this.end = end;
    this.#next = (end + 3) & ~3;
    this.time = this.#shift === undefined ? this.#own : this.#reference.from(this.#shift(this.#ownReference.stamp + BigInt(this.#own)));
    if (this.#pending.length > 0) this.#release();
    return true;
  }

  /** What was overwritten without a mark is missing somewhere. */
  #end(): void {
    const rest = (this.#stats?.overrun ?? 0) - this.#marked;
    if (rest > 0) this.#pending.push({ n: rest, damage: `${rest} events overwritten` });
    this.#marked = Number.NaN;
    if (!this.#ended) this.#drop();
    const { rest: bytes, place } = this.#pages;
    if (bytes > 0 && !this.#ended) this.#pending.push({ n: undefined, damage: `${bytes} bytes of a page that was cut off, behind ${place}` });
    this.#ended = true;
    this.#release();
  }

  #release(): void {
    this.gaps = this.#pending;
    this.#pending = [];
  }

  /** An absolute stamp lacks the five topmost bits: they are those of the time so far. */
  #stamp(low: bigint, delta: number): void {
    const before = this.#ownReference.stamp + BigInt(this.#own - delta);
    this.#own = this.#ownReference.from(((before >> STAMP_BITS) << STAMP_BITS) | low);
  }

  #damaged(): false {
    this.#next = this.#dataEnd;
    this.#pending.push({ n: undefined, damage: `a damaged page at ${this.#pages.place}` });
    return false;
  }

  #open(): void {
    const { start, view } = this.#pages;
    const { commit, commitSize, data, pageSize } = this.#layout;
    this.view = view;
    const word = view.getUint32(start + commit, true);
    const length = word & LENGTH;
    this.#next = start + data;
    this.#dataEnd = this.#next + length;
    if (this.#dataEnd > start + pageSize) {
      this.#dataEnd = this.#next;
      this.#damaged();
      return;
    }
    this.#lose(word, start + pageSize - this.#dataEnd, commitSize);
    if (length === 0) return;
    const stamp = view.getBigUint64(start, true);
    if (!this.#isSound(stamp)) {
      this.#damaged();
      return;
    }
    const time = this.#ownReference.from(stamp);
    if (this.#begun && time < this.#own) this.#pending.push({ n: undefined, damage: `a page at ${this.#pages.place} that is older than the one before` });
    this.#own = time;
    this.#begun = true;
  }

  /** Nor does it last longer than to the page behind it, unless that is empty. */
  #isSound(stamp: bigint): boolean {
    const { view, following } = this.#pages;
    const time = lengthOfPage({ view, from: this.#next, to: this.#dataEnd, stamp }, this.#types);
    if (time === undefined) return false;
    if (following === undefined || (view.getUint32(following + this.#layout.commit, true) & LENGTH) === 0) return true;
    return stamp + BigInt(time) <= view.getBigUint64(following, true);
  }

  /** The number of events lost is stored behind the data, where there is room. */
  #lose(word: number, room: number, size: number): void {
    if (word >= MISSED_EVENTS) {
      const stored = (word & MISSED_STORED) !== 0 && room >= size;
      const n = stored ? this.view.getUint32(this.#dataEnd, true) : 0;
      this.#marked += n > 0 ? n : Number.NaN;
      this.#pending.push({ n: n > 0 ? n : undefined, damage: '' });
    } else if (this.#begun) this.#drop();
  }

  /** A buffer that is not to be overwritten drops what comes while it is full, without a mark: behind any of its pages, the last one first of all. */
  #drop(): void {
    if ((this.#stats?.dropped ?? 0) > 0) this.#pending.push({ n: undefined, damage: 'events may have been dropped here: the buffer was full' });
  }
}
