// Is a page of a ring buffer what the kernel wrote? Its records must fill it exactly, be as long as their events, and not last longer than to the next
// page (kernel/trace/ring_buffer.c, rb_update_event): a page with a wrong byte in its frame is lost as a whole, because nothing tells where it went wrong.

import type { EventTypes } from './event-types.js';
import { DELTA, LARGEST_SHORT, LONG, PADDING, TIME_EXTEND, TIME_STAMP } from './ring-record.js';

/** Id and flags of an event, its preempt count and its thread. */
const COMMON = 8;

/** Of the stamps of records: 59 bits. */
const STAMP = 2n ** 59n;

interface Page {
  readonly view: DataView;
  /** Where its records begin and end. */
  readonly from: number;
  readonly to: number;
  /** Its stamp. */
  readonly stamp: bigint;
}

/** ns, or ticks, from the page's stamp to its last record; undefined if its records are not sound. */
export function lengthOfPage({ view, from, to, stamp }: Page, types: EventTypes): number | undefined {
  let time = 0;
  for (let at = from; at < to; ) {
    if (at + 4 > to) return undefined;
    const word = view.getUint32(at, true);
    const type = word & 31;
    const delta = word >>> 5;
    if (type !== LONG && type <= LARGEST_SHORT) {
      time += delta;
      if (!isEvent(view, at + 4, type * 4, to, types)) return undefined;
      at += 4 + type * 4;
      continue;
    }
    if (type === PADDING && delta === 0) return time;
    if (at + 8 > to) return undefined;
    const second = view.getUint32(at + 4, true);
    if (type === TIME_EXTEND) time += second * DELTA + delta;
    else if (type === TIME_STAMP) time = since(stamp, BigInt(second) * BigInt(DELTA) + BigInt(delta));
    else time += delta;
    if (type === LONG && !isEvent(view, at + 8, second - 4, to, types)) return undefined;
    at += type === TIME_EXTEND || type === TIME_STAMP ? 8 : 4 + Math.max(4, (second + 3) & ~3);
    if (at > to) return undefined;
  }
  return time;
}

/** An event that the recording does not describe may be of any length. */
function isEvent(view: DataView, at: number, length: number, to: number, types: EventTypes): boolean {
  if (length < COMMON || at + length > to) return false;
  return types.find(view.getUint16(at, true))?.fits(length) !== false;
}

/** Both as far as a record's stamp reaches. */
function since(stamp: bigint, low: bigint): number {
  const ahead = BigInt.asUintN(59, low - stamp);
  return Number(ahead > STAMP / 2n ? ahead - STAMP : ahead);
}
