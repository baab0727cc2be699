// The shape of a part of the machine.

import type { EventOf } from '../event.js';
import type { Kind } from '../kinds.js';

// A method's type, so that a step of one kind can stand in a list of steps of any kind.
export type Step<E> = { step(event: E): void }['step'];
export type Steps = { readonly [K in Kind]?: Step<EventOf<K>> };

export interface Component {
  /** What it does at each kind of event. */
  readonly steps: Steps;
  /** Starts anew: from the reset state, or knowing nothing. `modes`: what software must switch on by a write is off all the same. */
  begin(fromReset: boolean, modes?: boolean): void;
  /** A stream lost events: whatever they could have changed is unknown, and what was owed on it is forgiven. */
  lose(event: EventOf<'meta.lost'>): void;
}
