// A moment of a recording, as a person names it: a time, a number of events, the place of an event, or a finding.

import type { Event } from '../event.js';
import type { StreamSummary } from '../finding.js';
import { UsageError } from './usage.js';

/** After so many events, or so many ns after the first (as events show it of a clock of an unknown unit, unless the unit was `given`). */
export type Moment = { readonly events: number } | { readonly ns: number; readonly given?: string };
/** Also before the first event told at a place, or before the one that proves a finding: how many events are before it has to be found out. */
export type NamedMoment = Moment | { readonly file: string; readonly at: number } | { readonly finding: number };

const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };
/** How a right moment looks, for messages. */
const FORMS = 'seconds since the first event (12.5, or 12500ms), a time as events show it (@12500000), a number of events (#123), a place (trace.txt:286) or finding:2';

/** `12.5` seconds, `80ms`, `@1250` ns, `#123` events, `trace.txt:286`, `finding:2`. */
export function parseMoment(text: string, option: string): NamedMoment {
  const [, sign, digits = ''] = /^([#@])(\d+)$/.exec(text) ?? [];
  if (sign !== undefined) return sign === '#' ? { events: Number(digits) } : { ns: Number(digits) - 1 };
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(s|ms|us|µs|ns)?$/.exec(text) ?? [];
  if (amount !== undefined) return { ns: Math.round(Number(amount) * (UNITS[unit] ?? 1)), given: text };
  const [, file, at] = /^(.+):(\d+)$/s.exec(text) ?? [];
  if (file === undefined) throw new UsageError(`${option} ${text}: expected ${FORMS}`);
  return file === 'finding' ? { finding: Number(at) } : { file, at: Number(at) };
}

export const reached = (moment: Moment, event: Event, n: number): boolean => ('events' in moment ? n >= moment.events : event.ns > moment.ns);

/** Throws where a moment is a time and the clock counts in an unknown unit. */
export function requireUnit(moments: readonly Moment[], clocks: readonly Pick<StreamSummary, 'file' | 'clock'>[]): void {
  const moment = moments.find((each) => 'ns' in each && each.given !== undefined);
  const unknown = clocks.find(({ clock }) => clock === 'integer');
  if (moment === undefined || unknown === undefined || !('ns' in moment)) return;
  throw new UsageError(`${moment.given}: a time in seconds, and ${unknown.file} has times in an unknown unit: name the moment as events show it, @12500000, or by a number of events, #123`);
}
