// A moment of a recording, as a person names it.

import type { Event } from '../event.js';
import { UsageError } from './usage.js';

/** After so many events, or so many ns after the first. */
export type Moment = { readonly events: number } | { readonly ns: number };

/** `12.5` seconds, or `#123` events. */
export function parseMoment(text: string, option: string): Moment {
  const events = /^#(\d+)$/.exec(text);
  if (events !== null) return { events: Number(events[1]) };
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(seconds)) throw new UsageError(`${option} ${text}: expected seconds since the first event (12.5) or a number of events (#123)`);
  return { ns: Math.round(seconds * 1e9) };
}

export const reached = (moment: Moment, event: Event, n: number): boolean => ('events' in moment ? n >= moment.events : event.ns > moment.ns);
