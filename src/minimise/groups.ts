// Events by what they are about: whole groups are dropped before single events are.

import type { Event } from '../event.js';

/** What tells groups apart, the coarsest first. */
const ASPECTS = ['kind', 'stream', 'vm', 'cpu', 'fn', 'dev', 'line', 'gsi', 'pin', 'chip', 'source', 'fd', 'id', 'vid', 'pid', 'vec', 'entry', 'tid'] as const;

const valueOf = (event: Event, aspect: string): unknown => Object.entries(event).find(([name]) => name === aspect)?.[1];

/** Events that share a value of one aspect, for each aspect with more than one value; those without it are in no group. */
export function* groupings(events: readonly Event[]): Generator<ReadonlyMap<unknown, ReadonlySet<Event>>> {
  for (const aspect of ASPECTS) {
    const groups = new Map<unknown, Set<Event>>();
    for (const event of events) {
      const value = valueOf(event, aspect);
      if (value === undefined || value === -1) continue;
      const group = groups.get(value);
      if (group === undefined) groups.set(value, new Set([event]));
      else group.add(event);
    }
    if (groups.size > 1) yield groups;
  }
}
