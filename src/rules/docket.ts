// The judge of one rule over one run: counts, folds breaches by entity, holds back what another CPU's event may still excuse.

import type { Event } from '../event.js';
import type { Kind } from '../kinds.js';
import type { Finding, FoldedFinding } from '../finding.js';
import { T, U, type Tri } from '../model/tri.js';
import { Fold } from './fold.js';
import { unmet } from './needs.js';
import type { Breach, Judge, Rule } from './rule.js';

/** Earlier events a finding shows at most. */
const EVIDENCE = 8;

/** A breach that waits for the clocks' uncertainty to pass. */
export interface Held {
  readonly finding: Finding;
  readonly unless: (later: Event) => boolean;
  readonly docket: Docket;
}

interface DocketOptions {
  readonly rule: Rule;
  /** The event being judged. */
  readonly at: () => Event;
  /** Does the recording show all events of a kind that are of the entity? */
  readonly covers: (kind: Kind, entity: string) => boolean;
  /** True if the order of two events of these rests on clocks that are not sure enough. */
  readonly isSkewed: (events: readonly Event[]) => boolean;
  /** Takes a breach that must wait. */
  readonly hold: (held: Held) => void;
  /** Told of every breach, before folding. */
  readonly onFinding: ((finding: Finding) => void) | undefined;
}

export class Docket implements Judge {
  readonly rule: Rule;
  readonly #reasons = new Map<string, { count: number }>();
  #lastMissing = '';
  #lastReason = { count: 0 };
  readonly #folds = new Map<string, Fold>();
  heldCount = 0;
  undecidedCount = 0;
  breachCount = 0;
  readonly #options: DocketOptions;

  constructor(options: DocketOptions) {
    this.rule = options.rule;
    this.#options = options;
  }

  held(): void {
    this.heldCount++;
  }

  undecided(missing: string): void {
    this.undecidedCount++;
    if (missing !== this.#lastMissing) this.#turnTo(missing);
    this.#lastReason.count++;
  }

  get findings(): FoldedFinding[] {
    return [...this.#folds.values()].map(({ finding }) => finding);
  }

  /** Unknown variables, with the number of judgements each spoiled. */
  get reasons(): Record<string, number> {
    return Object.fromEntries([...this.#reasons].map(([missing, { count }]) => [missing, count]));
  }

  breachIf(condition: Tri, missing: string, breach: () => Breach): void {
    if (condition === T) this.breach(breach());
    else if (condition === U) this.undecided(missing);
    else this.heldCount++;
  }

  breach({ entity, sentence, because = [], state = {}, severity = this.rule.severity, unless }: Breach): void {
    const unseen = unmet(this.rule.needs, (kind) => this.#options.covers(kind, entity));
    if (unseen !== undefined) {
      this.undecided(unseen.join(' or '));
      return;
    }
    const at = this.#options.at();
    const evidence = because.filter((event): event is Event => event !== undefined && event !== at);
    const ordered = [...new Set(evidence)].sort((a, b) => a.seq - b.seq).slice(-EVIDENCE);
    if (this.#options.isSkewed([...evidence, at])) {
      this.undecided('order of the streams');
      return;
    }
    const finding = { rule: this.rule.id, severity, entity, sentence, clause: this.rule.clause, at, because: ordered, state };
    // Without times or CPUs the order of the recording is the order of events.
    if (unless === undefined || at.on < 0 || Number.isNaN(at.ns)) this.take(finding);
    else this.#options.hold({ finding, unless, docket: this });
  }

  repeats(entity: string): boolean {
    const known = this.#options.onFinding === undefined ? this.#folds.get(`${this.rule.severity} ${entity}`) : undefined;
    if (known === undefined) return false;
    this.breachCount++;
    known.again(this.#options.at());
    return true;
  }

  /** The breach stands. */
  take(finding: Finding): void {
    this.#options.onFinding?.(finding);
    const key = `${finding.severity} ${finding.entity}`;
    const known = this.#folds.get(key);
    this.breachCount++;
    if (known === undefined) this.#folds.set(key, new Fold(finding));
    else known.again(finding.at);
  }

  /** Events were lost after the one numbered `since`: what was found from then on may have had its excuse among them. */
  retract(since: number): void {
    for (const [key, fold] of this.#folds) {
      const fallen = fold.takeBack(since);
      if (fallen === 0) continue;
      if (fold.finding.count === 0) this.#folds.delete(key);
      this.breachCount -= fallen;
      this.undecided('events lost meanwhile');
    }
  }

  /** The same variable is missing many times in a row: its counter is kept at hand. */
  #turnTo(missing: string): void {
    const reason = this.#reasons.get(missing) ?? { count: 0 };
    this.#reasons.set(missing, reason);
    this.#lastMissing = missing;
    this.#lastReason = reason;
  }
}
