// From a recording that breaks a rule to the fewest events that break it on the same thing.

import { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rules/rule.js';
import { ddmin, withoutRun, type Shows } from './ddmin.js';
import { groupings } from './groups.js';
import { withoutFields, withoutPlace, withoutThread, withoutTime, withRoutes } from './plain.js';

/** The least that rules count to: of cycles of a storm, of others that are taken before the one that is judged. */
const FEW: Event = { kind: 'meta.cfg', seq: 0, ns: Number.NaN, on: -1, tid: -1, stream: 0, at: 0, name: 'meta.cfg', stormN: 2, starveN: 0 };

/** What must still be found. */
export interface Wanted {
  readonly rule: Rule;
  readonly entity: string;
  readonly severity: Finding['severity'];
  /** Facts that the recording does not tell (`--set`), in front of every try. */
  readonly settings: readonly Event[];
  /** By how many ns the clock of each stream may be off that of the others; none, or absent, if they have one. */
  readonly uncertainties?: readonly number[];
}

/** A loss told after the fact: what was found meanwhile may fall. */
const isLateLoss = (event: Event): boolean => event.kind === 'meta.lost' && event.cpu !== undefined;

/** The first finding that is wanted and stands, or undefined; an event of the result is one of `events`. */
export function find(events: readonly Event[], { rule, entity, severity, settings, uncertainties = [] }: Wanted): Finding | undefined {
  let found: Finding | undefined;
  const replay = new Replay({
    rules: [rule],
    onFinding: (finding) => {
      if (finding.entity === entity && finding.severity === severity) found ??= finding;
    },
    onRetract: (since) => {
      if (found !== undefined && found.at.seq > since) found = undefined;
    },
  });
  replay.machine.ctx.uncertainties = uncertainties;
  replay.feed(settings);
  const settled = events.findLastIndex(isLateLoss);
  for (const [i, event] of events.entries()) {
    replay.feed([event]);
    if (found !== undefined && i >= settled) return found;
  }
  replay.end();
  return found;
}

/** `events` must show what is wanted; so does the result, and no event of it can be left out. */
export function minimise(events: readonly Event[], wanted: Wanted): readonly Event[] {
  const shows: Shows<Event> = (left) => find(left, wanted) !== undefined;
  // Streams with clocks of their own keep them until what they leave unknown cannot be lost any more.
  const isOneClock = (wanted.uncertainties ?? []).length === 0;
  let left = isOneClock ? plainer(events, shows) : events;
  left = fewerTimes(left, wanted);
  left = dropGroups(left, shows);
  for (let rest: readonly Event[] | undefined = left; rest !== undefined; rest = withoutRun(left, shows)) left = ddmin(rest, shows);
  left = simplify(left, shows);
  return isOneClock ? left : plainer(left, shows);
}

/** Without times the order alone counts, and nothing waits for another CPU's excuse. */
function plainer(events: readonly Event[], shows: Shows<Event>): readonly Event[] {
  let left = events;
  for (const without of [withoutPlace, withoutTime, withoutThread]) {
    const tried = left.map(without);
    if (shows(tried)) left = tried;
  }
  return left;
}

/** A rule that counts repetitions is content with as few as show what repeats, if the machine is configured so; what comes after is cut. */
function fewerTimes(events: readonly Event[], wanted: Wanted): readonly Event[] {
  const usual = find(events, wanted)?.at.seq ?? Infinity;
  const soon = find([FEW, ...events], wanted)?.at.seq ?? Infinity;
  const left = soon < usual ? [FEW, ...events] : events;
  const cut = left.slice(0, Math.min(soon, usual) + 1);
  return find(cut, wanted) === undefined ? left : cut;
}

function dropGroups(events: readonly Event[], shows: Shows<Event>): readonly Event[] {
  let left = events;
  for (let before = Number.POSITIVE_INFINITY; left.length < before; ) {
    before = left.length;
    for (const groups of groupings(left)) {
      const members = new Set([...groups.values()].flatMap((group) => [...group]));
      const rest = (kept: readonly ReadonlySet<Event>[]): readonly Event[] => left.filter((event) => !members.has(event) || kept.some((group) => group.has(event)));
      left = rest(ddmin([...groups.values()], (kept) => shows(rest(kept))));
    }
  }
  return left;
}

/** Each event as plain as it can be; a plainer one may make others superfluous. */
function simplify(events: readonly Event[], shows: Shows<Event>): readonly Event[] {
  let left = events;
  for (let at = 0; at < left.length; at++) {
    for (let again = true; again; ) {
      const plainer = withoutFields(left[at] ?? raise(at)).find((tried) => shows(left.with(at, tried)));
      again = plainer !== undefined;
      if (plainer !== undefined) left = left.with(at, plainer);
    }
  }
  return ddmin(dropRoutes(left, shows), shows);
}

/** Routing tables without the routes that do not matter. */
function dropRoutes(events: readonly Event[], shows: Shows<Event>): readonly Event[] {
  let left = events;
  for (const [at, event] of events.entries()) {
    if (event.kind !== 'kvm.routes' || !event.map.includes(',')) continue;
    const table = (entries: readonly string[]): readonly Event[] => left.with(at, withRoutes(event, entries));
    const entries = event.map.split(',');
    if (shows(table(entries))) left = table(ddmin(entries, (kept) => kept.length > 0 && shows(table(kept))));
  }
  return left;
}

function raise(at: number): never {
  throw new Error(`no event ${at}`);
}
