// The state of a machine at moments of a replay.

import type { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import type { Row } from '../state/row.js';
import { stateOf } from '../state/tables.js';
import { reached, type Moment } from './moment.js';

export interface Shown {
  readonly rows: readonly Row[];
  /** The event before which it is, undefined at the end. */
  readonly next: Event | undefined;
  /** Events before it. */
  readonly events: number;
}

export interface States {
  readonly states: readonly Shown[];
  /** Names of the streams by their number. */
  readonly names: readonly string[];
}

/** Replays up to the last of the moments: the state at each, at the end for moments beyond it. */
export async function statesAt(replay: Replay, batches: AsyncIterable<readonly Event[]> | Iterable<readonly Event[]>, moments: readonly Moment[]): Promise<Shown[]> {
  const states = new Map<Moment, Shown>();
  let due = moments;
  const show = (next: Event | undefined, isDue: (moment: Moment) => boolean): void => {
    const rows = stateOf(replay.machine);
    for (const moment of due.filter(isDue)) states.set(moment, { rows, next, events: replay.events });
    due = due.filter((moment) => !states.has(moment));
  };
  for await (const batch of batches) {
    for (const event of batch) {
      const isReached = (moment: Moment): boolean => reached(moment, event, replay.events);
      if (due.some(isReached)) show(event, isReached);
      if (due.length === 0) break;
      replay.feed([event]);
    }
    if (due.length === 0) break;
  }
  if (due.length > 0) show(undefined, () => true);
  return moments.flatMap((moment) => states.get(moment) ?? []);
}
