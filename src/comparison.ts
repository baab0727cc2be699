// Two runs side by side: findings gone and new, things whose interrupts take another way or another time.

export interface FoundThing {
  /** `rule entity`. */
  readonly finding: string;
  readonly severity: string;
}

/** How the interrupts of one thing went. */
export interface Way {
  readonly interrupts: number;
  /** `accepted -> taken`, in order. */
  readonly hops: readonly string[];
  /** From the first to the last hop, in ns; NaN without times. */
  readonly medianNs: number;
}

export interface RunSummary {
  readonly file: string;
  readonly findings: readonly FoundThing[];
  readonly ways: ReadonlyMap<string, Way>;
}

interface ChangedWay {
  readonly thing: string;
  /** Hops that only one of them has. */
  readonly gone: readonly string[];
  readonly fresh: readonly string[];
  readonly medianNs: readonly [number, number];
}

export interface Comparison {
  readonly gone: readonly FoundThing[];
  readonly fresh: readonly FoundThing[];
  readonly kept: number;
  readonly ways: readonly ChangedWay[];
}

/** A median that is not within this factor of the other is another one, where there are enough interrupts to tell. */
const FACTOR = 2;
const ENOUGH = 10;

const without = <T>(all: readonly T[], others: ReadonlySet<T>): T[] => all.filter((each) => !others.has(each));

function changed(thing: string, a: Way, b: Way): ChangedWay | undefined {
  const gone = without(a.hops, new Set(b.hops));
  const fresh = without(b.hops, new Set(a.hops));
  const ratio = b.medianNs / a.medianNs;
  const slower = Math.min(a.interrupts, b.interrupts) >= ENOUGH && (ratio > FACTOR || ratio < 1 / FACTOR);
  return gone.length + fresh.length > 0 || slower ? { thing, gone, fresh, medianNs: [a.medianNs, b.medianNs] } : undefined;
}

export function compareRuns(a: RunSummary, b: RunSummary): Comparison {
  const inA = new Set(a.findings.map(({ finding }) => finding));
  const inB = new Set(b.findings.map(({ finding }) => finding));
  const ways = [...a.ways].flatMap(([thing, way]) => {
    const other = b.ways.get(thing);
    const change = other === undefined ? undefined : changed(thing, way, other);
    return change === undefined ? [] : [change];
  });
  return {
    gone: a.findings.filter(({ finding }) => !inB.has(finding)),
    fresh: b.findings.filter(({ finding }) => !inA.has(finding)),
    kept: b.findings.filter(({ finding }) => inA.has(finding)).length,
    ways,
  };
}
