// Durations in ns: exact while there are few, in buckets of 3 % width after that (log-linear, as in HDR histograms).

const EXACT = 512;
/** Buckets per power of two. */
const FINE = 32;

export class Durations {
  count = 0;
  max = 0;
  #few: number[] | undefined = [];
  readonly #buckets = new Map<number, number>();

  add(ns: number): void {
    this.count++;
    if (ns > this.max) this.max = ns;
    if (this.#few === undefined) this.#put(ns);
    else if (this.#few.push(ns) > EXACT) this.#spread();
  }

  /** The smallest duration that at least this share (0 to 1) does not exceed; NaN if there is none. */
  quantile(share: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.max(1, Math.ceil(share * this.count));
    if (this.#few !== undefined) return [...this.#few].sort((a, b) => a - b)[rank - 1] ?? Number.NaN;
    let seen = 0;
    for (const [bucket, n] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      seen += n;
      if (seen >= rank) return Math.min(topOf(bucket), this.max);
    }
    return this.max;
  }

  /** Counts by power of two of ns, for a picture: `[exponent, count]`, ascending. */
  octaves(): [number, number][] {
    const counts = new Map<number, number>();
    const add = (ns: number, n: number): void => {
      const octave = ns < 1 ? 0 : Math.floor(Math.log2(ns));
      counts.set(octave, (counts.get(octave) ?? 0) + n);
    };
    for (const ns of this.#few ?? []) add(ns, 1);
    for (const [bucket, n] of this.#buckets) add(topOf(bucket - 1), n);
    return [...counts].sort(([a], [b]) => a - b);
  }

  #spread(): void {
    for (const ns of this.#few ?? []) this.#put(ns);
    this.#few = undefined;
  }

  #put(ns: number): void {
    const bucket = bucketOf(ns);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }
}

function bucketOf(ns: number): number {
  if (ns < FINE) return Math.max(0, Math.floor(ns));
  const exponent = Math.floor(Math.log2(ns));
  return (exponent - 4) * FINE + Math.floor(ns / 2 ** (exponent - 5)) - FINE;
}

/** Upper end of a bucket; the next one begins there. */
function topOf(bucket: number): number {
  const next = bucket + 1;
  if (next <= FINE) return next;
  const exponent = Math.floor(next / FINE) + 4;
  return (FINE + (next % FINE)) * 2 ** (exponent - 5);
}
