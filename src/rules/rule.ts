// The shape of a rule: what it needs to see, and handlers that judge an event against the state before it, or a debt gone late.

import type { Event, EventOf } from '../event.js';
import type { Severity } from '../finding.js';
import type { Kind } from '../kinds.js';
import type { Machine } from '../model/machine.js';
import type { DebtName, Lapse } from '../model/owed.js';
import type { Tri } from '../model/tri.js';

/** What a rule says about a breach; rule, severity, clause and place are filled in. */
export interface Breach {
  readonly entity: string;
  readonly sentence: string;
  /** Earlier events, oldest first; undefined ones are dropped, and all but the latest eight. */
  readonly because?: readonly (Event | undefined)[];
  readonly state?: Readonly<Record<string, string>>;
  /** Where it differs from the rule's own, with the reason in the sentence. */
  readonly severity?: Severity;
  /** Another CPU's event that excuses the breach if it follows within the clocks' uncertainty: it may have come first. */
  readonly unless?: (later: Event) => boolean;
}

/** Takes down what a rule came to at the current event. */
export interface Judge {
  /** It was looked at and is right. */
  held(): void;
  /** It cannot be told; `missing` names the first unknown variable: `rte.mask`, `irr`. */
  undecided(missing: string): void;
  breach(breach: Breach): void;
  /** For rules that only count: true if the entity has been reported in full before, and this time has been counted. */
  repeats(entity: string): boolean;
  /** T is a breach, F held, U undecided for want of `missing`. */
  breachIf(condition: Tri, missing: string, breach: () => Breach): void;
}

/** A kind, or several of which one is enough. What is needed of a GIC may be shown of the physical one. */
export type Need = Kind | readonly Kind[];

// A method's type, so that a handler of one kind can stand in a list of handlers of any kind.
export type Handler<E> = { judge(event: E, machine: Machine, judge: Judge): void }['judge'];

export interface Rule {
  readonly id: `${string}/${string}`;
  readonly severity: Severity;
  /** safety: decided by one event against the state before it. deadline: something must follow. resource: counts. */
  readonly class: 'safety' | 'deadline' | 'resource';
  /** Specification clause or kernel/QEMU function. */
  readonly clause: string;
  /** One sentence: what must hold. */
  readonly summary: string;
  /** Kinds of event without which it finds nothing: where one may have happened unseen, a breach is none. */
  readonly needs: readonly Need[];
  readonly on?: { readonly [K in Kind]?: Handler<EventOf<K>> };
  /** Judges how a recording ends whose last event has been judged. What is in flight then is no fault. */
  readonly atEnd?: (machine: Machine, judge: Judge) => void;
  readonly late?: { readonly [D in DebtName]?: Handler<Lapse> };
}

