// Breaches of one rule on one thing, folded into one finding: the first in full, the rest counted, and counted back if the latest fall.

import type { Event } from '../event.js';
import type { Finding, FoldedFinding } from '../finding.js';

/** Places remembered of a finding's repetitions; of more every second of the older half is forgotten. */
const MARKS = 64;

/** The finding had come so often by then. */
interface Mark {
  readonly count: number;
  readonly at: Event;
}

export class Fold {
  readonly finding: FoldedFinding;
  #marks: Mark[];

  constructor(finding: Finding) {
    const { at } = finding;
    this.finding = { ...finding, count: 1, last: at };
    this.#marks = [{ count: 1, at }];
  }

  again(at: Event): void {
    const { finding } = this;
    finding.count++;
    finding.last = at;
    if (this.#marks.push({ count: finding.count, at }) > MARKS) this.#marks = this.#marks.filter((_, i) => i > MARKS / 2 || i % 2 === 0);
  }

  /** Without what came after the event numbered `since`: gives how many fall, all of them if the first does. Of very many a few more fall than must. */
  takeBack(since: number): number {
    const { finding } = this;
    if (finding.last.seq <= since) return 0;
    const before = finding.count;
    this.#marks = this.#marks.filter(({ at }) => at.seq <= since);
    const { count, at } = this.#marks.at(-1) ?? { count: 0, at: finding.at };
    finding.count = count;
    finding.last = at;
    return before - count;
  }
}
