// One GSI's line: the level bit of each source, and their OR. KVM irq_comm.c and ioapic.h (__kvm_irq_line_state).
// KVM traces kvm_set_irq before it takes the chip's lock: until its thread shows the chip's input, the bit may be the old or the new one.

import type { Event, EventOf } from '../event.js';
import type { SourceId } from '../ids.js';
import type { Context } from './context.js';
import { LANDED_AFTER } from './flights.js';
import type { Route } from './routing-table.js';
import { U, join, or, type Tri } from './tri.js';

export type ChipInput = EventOf<'ioapic.in'> | EventOf<'pic.in'>;

/** One source's bit on one GSI. */
export interface LevelBit {
  level: Tri;
  /** What changed it last. */
  by: Event;
  /** Before the latest request. */
  was: Tri;
  /** The latest request, of this level or again of this level. */
  latest: Event;
  /** The inputs that the latest request led to, by chip. */
  'ioapic.in': Event | undefined;
  'pic.in': Event | undefined;
}

export class GsiLine {
  readonly bits = new Map<SourceId, LevelBit>();
  /** Routes of the GSI when the bits were last written. */
  routes: readonly Route[];
  private readonly ctx: Context;
  /** The bit of every source that has none here. */
  private rest: Tri;

  constructor(ctx: Context, routes: readonly Route[], rest: Tri) {
    this.ctx = ctx;
    this.routes = routes;
    this.rest = rest;
  }

  bit(source: SourceId): Tri {
    return this.bits.get(source)?.level ?? this.rest;
  }

  get level(): Tri {
    let level = this.rest;
    for (const bit of this.bits.values()) level = or(level, bit.level);
    return level;
  }

  set(source: SourceId, level: Tri, by: Event): void {
    const bit = this.bits.get(source);
    if (bit === undefined) {
      this.bits.set(source, { level, by, was: this.rest, latest: by, 'ioapic.in': undefined, 'pic.in': undefined });
      return;
    }
    bit.was = this.settled(bit, by) ? bit.level : join(bit.was, bit.level);
    if (bit.level !== level) bit.by = by;
    bit.level = level;
    bit.latest = by;
    bit['ioapic.in'] = bit['pic.in'] = undefined;
  }

  /** The routes have changed: a bit belongs to a pin, and the GSI has other pins now. */
  move(routes: readonly Route[]): void {
    this.routes = routes;
    this.bits.clear();
    this.rest = U;
  }

  /** The level that a chip must have seen at its input; undefined if no request of its thread, made after `since`, led there. */
  expected(input: ChipInput, since: number): Tri | undefined {
    let asked = false;
    let level = this.rest;
    for (const bit of this.bits.values()) {
      const { latest } = bit;
      asked ||= bit[input.kind] === undefined && latest.kind === 'kvm.set_irq' && latest.seq > since && sameThread(latest, input);
      level = or(level, this.at(bit, input));
    }
    return asked ? level : undefined;
  }

  /** The input shows that the requests of its thread have taken effect. */
  land(input: ChipInput): void {
    for (const bit of this.bits.values()) if (bit[input.kind] === undefined && sameThread(bit.latest, input)) bit[input.kind] = input;
  }

  /** The input contradicts the bits: those that made the difference are unknown. */
  contradicted(input: ChipInput): void {
    for (const bit of this.bits.values()) if (bit.level !== input.level) bit.level = bit.was = U;
    if (input.level === 1) this.rest = U;
  }

  /** A bit as the chip may have seen it. */
  private at(bit: LevelBit, input: ChipInput): Tri {
    if (sameThread(bit.latest, input)) return bit.level;
    const landed = bit[input.kind];
    const sure = landed === undefined ? input.ns - bit.latest.ns > LANDED_AFTER : !this.ctx.unordered(landed, input);
    return sure ? bit.level : join(bit.was, bit.level);
  }

  /** Has the request before this one taken effect on every chip? */
  private settled(bit: LevelBit, now: Event): boolean {
    if (sameThread(bit.latest, now) || now.ns - bit.latest.ns > LANDED_AFTER) return true;
    return bit['ioapic.in'] !== undefined && bit['pic.in'] !== undefined;
  }
}

const sameThread = (a: Event, b: Event): boolean => (a.tid >= 0 || b.tid >= 0 ? a.tid === b.tid : a.on === b.on);
