// What tells machines apart, as it comes by in a stream: another one than before is of a machine started anew, one that comes back is of several that run at once.

/** Machines remembered; more starts than that in one recording are not told from several at once. */
const MAX_PAST = 64;

export type Turn = 'same' | 'new' | 'back';

export class Succession {
  #latest: number | undefined;
  readonly #past = new Set<number>();

  next(one: number): Turn {
    if (one === this.#latest) return 'same';
    const before = this.#latest;
    this.#latest = one;
    if (before === undefined) return 'same';
    this.#past.add(before);
    return this.#past.has(one) || this.#past.size > MAX_PAST ? 'back' : 'new';
  }
}
