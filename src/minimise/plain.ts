// The same event with less to it: without its place, time, thread and the fields it can do without.

import type { Event, EventOf } from '../event.js';
import { KINDS } from '../kinds.js';

/** Fields of the kind that may be absent and are there. */
function optionalFields(event: Event): string[] {
  const present = new Set(Object.entries(event).flatMap(([name, value]) => (value === undefined ? [] : [name])));
  return Object.entries(KINDS[event.kind]).flatMap(([name, type]: [string, string]) => (type.endsWith('?') && present.has(name) ? [name] : []));
}

/** Each on a line of its own, as litmus text has it. */
export const withoutPlace = (event: Event, i: number): Event => ({ ...event, stream: 0, at: i + 1, name: event.kind });
export const withoutTime = (event: Event): Event => ({ ...event, ns: Number.NaN, on: -1 });
export const withoutThread = (event: Event): Event => ({ ...event, tid: -1 });

/** The same table with some of its entries. */
export const withRoutes = (event: EventOf<'kvm.routes'>, entries: readonly string[]): Event => ({ ...event, nr: entries.length, map: entries.join(',') });

/** One event for each field that could be left out. */
export const withoutFields = (event: Event): Event[] => optionalFields(event).map((name) => ({ ...event, [name]: undefined }));
