// Where the lives of a thing went on to from each hop: what one that got no further can be measured by.

import type { HopName, Life } from './life.js';

/** By hop the next one, with how many went there. */
export type Onward = ReadonlyMap<HopName, ReadonlyMap<HopName, number>>;

export class Ways {
  readonly #onward = new Map<HopName, Map<HopName, number>>();

  get onward(): Onward {
    return this.#onward;
  }

  note({ hops }: Life): void {
    for (const [i, { name }] of hops.entries()) {
      const from = hops[i - 1]?.name;
      if (from === undefined) continue;
      const known = this.#onward.get(from) ?? new Map<HopName, number>();
      this.#onward.set(from, known.set(name, (known.get(name) ?? 0) + 1));
    }
  }
}
