// Two runs side by side: findings gone and new, things whose interrupts take another way or another time.

export interface FoundThing {
  /** `rule entity`. */
  readonly finding: string;
  readonly severity: string;
  readonly sentence: string;
  /** `trace.txt:1234 kvm_set_irq`. */
  readonly at: string;
  readonly count: number;
}

/** How the interrupts of one thing went. */
export interface Way {
  readonly interrupts: number;
  /** Those that went their way to the end, of which alone the rest speaks; and those that vanished on it. */
  readonly ended: number;
  readonly vanished: number;
  /** `1 no further than sent`: where others of the thing went on. */
  readonly stuck: readonly string[];
  /** `accepted -> taken`, in order. */
  readonly hops: readonly string[];
  /** What they passed, `gsi:10 pin:ioapic/10 vector:65@cpu0`; absent if there are too many to compare. */
  readonly routes: readonly string[] | undefined;
  /** From the first to the last hop, in ns; NaN without times of a known unit. */
  readonly medianNs: number;
}

export interface RunSummary {
  readonly findings: readonly FoundThing[];
  /** Rules that judged nothing. */
  readonly undecided: ReadonlySet<string>;
  readonly ways: ReadonlyMap<string, Way>;
  /** Why it may not tell of a finding of a rule, whatever happened; undefined if it would. */
  readonly silence?: (rule: string) => string | undefined;
}

/** A finding of one of which the other would not tell: neither gone nor new. */
interface UntoldFinding extends FoundThing {
  readonly by: 'first' | 'second';
  /** Of the other one, as its predicate: `was not asked for this rule`. */
  readonly silence: string;
}

/** A finding that one of them has alone. */
interface LoneFinding extends FoundThing {
  /** The other one could not judge the rule: its silence says nothing. */
  readonly undecided: boolean;
}

interface ChangedWay {
  readonly thing: string;
  /** Hops and routes that only one of them has, and where its interrupts stopped. */
  readonly gone: readonly string[];
  readonly fresh: readonly string[];
  readonly interrupts: readonly [number, number];
  readonly vanished: readonly [number, number];
  readonly medianNs: readonly [number, number];
}

export interface Comparison {
  readonly gone: readonly LoneFinding[];
  readonly fresh: readonly LoneFinding[];
  readonly untold: readonly UntoldFinding[];
  readonly kept: readonly { readonly finding: string; readonly severity: string; readonly counts: readonly [number, number] }[];
  readonly ways: readonly ChangedWay[];
  /** Things whose interrupts only one of them shows, with their number. */
  readonly only: readonly { readonly thing: string; readonly interrupts: readonly [number, number] }[];
}

/** A median that is not within this factor of the other is another one, where enough interrupts ended to tell. */
const FACTOR = 2;
const ENOUGH = 10;

const without = <T>(all: readonly T[], others: readonly T[]): T[] => all.filter((each) => !others.includes(each));

function changed(thing: string, a: Way, b: Way): ChangedWay | undefined {
  const by = (route: string): string => `by ${route}${route === thing ? ' alone' : ''}`;
  const known = a.ended > 0 && b.ended > 0;
  const routes = known && a.routes !== undefined && b.routes !== undefined ? { a: a.routes.map(by), b: b.routes.map(by) } : { a: [], b: [] };
  const hops = known ? { a: a.hops, b: b.hops } : { a: [], b: [] };
  const gone = [...without(a.stuck, b.stuck), ...without(hops.a, hops.b), ...without(routes.a, routes.b)];
  const fresh = [...without(b.stuck, a.stuck), ...without(hops.b, hops.a), ...without(routes.b, routes.a)];
  const ratio = b.medianNs / a.medianNs;
  const isSlower = Math.min(a.ended, b.ended) >= ENOUGH && (ratio > FACTOR || ratio < 1 / FACTOR);
  if (gone.length + fresh.length === 0 && !isSlower && a.vanished === b.vanished) return undefined;
  return { thing, gone, fresh, interrupts: [a.interrupts, b.interrupts], vanished: [a.vanished, b.vanished], medianNs: [a.medianNs, b.medianNs] };
}

const ruleOf = (finding: string): string => finding.slice(0, finding.indexOf(' '));

function lone(run: RunSummary, other: RunSummary): { readonly each: FoundThing; readonly silence: string | undefined; readonly undecided: boolean }[] {
  const there = new Set(other.findings.map(({ finding }) => finding));
  const own = run.findings.filter(({ finding }) => !there.has(finding));
  return own.map((each) => ({ each, silence: other.silence?.(ruleOf(each.finding)), undecided: other.undecided.has(ruleOf(each.finding)) }));
}

const told = (all: ReturnType<typeof lone>): LoneFinding[] => all.flatMap(({ each, silence, undecided }) => (silence === undefined ? [{ ...each, undecided }] : []));

const untold = (all: ReturnType<typeof lone>, by: UntoldFinding['by']): UntoldFinding[] => all.flatMap(({ each, silence }) => (silence === undefined ? [] : [{ ...each, by, silence }]));

function kept(a: RunSummary, b: RunSummary): Comparison['kept'] {
  const before = new Map(a.findings.map(({ finding, count }) => [finding, count]));
  return b.findings.flatMap(({ finding, severity, count }) => {
    const was = before.get(finding);
    return was === undefined ? [] : [{ finding, severity, counts: [was, count] as const }];
  });
}

export function compareRuns(a: RunSummary, b: RunSummary): Comparison {
  const things = [...new Set([...a.ways.keys(), ...b.ways.keys()])].map((thing) => ({ thing, one: a.ways.get(thing), two: b.ways.get(thing) }));
  const [first, second] = [lone(a, b), lone(b, a)];
  return {
    gone: told(first),
    fresh: told(second),
    untold: [...untold(first, 'first'), ...untold(second, 'second')],
    kept: kept(a, b),
    ways: things.flatMap(({ thing, one, two }) => (one && two ? (changed(thing, one, two) ?? []) : [])),
    only: things.flatMap(({ thing, one, two }) => (one && two ? [] : [{ thing, interrupts: [one?.interrupts ?? 0, two?.interrupts ?? 0] as const }])),
  };
}
