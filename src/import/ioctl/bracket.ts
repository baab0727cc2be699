// When a recorded call was under way: it took effect at an unknown moment between these two times, which only a merge with another stream needs.

import type { Event } from '../../event.js';

export interface Bracket {
  /** Before the call was made and after it returned, in the unit and from the base of the event's `ns`. */
  readonly t0: number;
  readonly t1: number;
}

const brackets = new WeakMap<Event, Bracket>();

export function setBracket(event: Event, t0: number, t1: number): void {
  brackets.set(event, { t0, t1 });
}

export const bracketOf = (event: Event): Bracket | undefined => brackets.get(event);
