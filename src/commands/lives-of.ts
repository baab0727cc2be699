// The lives that a finding is about: the way of the interrupt that was lost, doubled or stuck.

import type { Event } from '../event.js';
import type { FoldedFinding } from '../finding.js';
import type { Life } from '../lives/life.js';
import { Lives } from '../lives/lives.js';
import { Ways, type Onward } from '../lives/onward.js';
import { parseSelector, type Selector } from '../lives/selector.js';
import { Recording, type RecordingOptions } from './recording.js';

/** Lives kept while it is not known whether nearer ones follow. */
const KEPT = 64;

const isAt = (a: Event, b: Event): boolean => a.stream === b.stream && a.at === b.at && a.kind === b.kind;

/** By which things the lives of what a finding names go: a line of a PC is a pin of both chips, a function sends messages. */
function namesOf(entity: string): string[] {
  const [, line] = /^intx:(\d+)$/.exec(entity) ?? [];
  if (line !== undefined) return [entity, `gsi:${line}`, `pin:ioapic/${line}`, `pin:pic/${line}`];
  const [, fn] = /^(?:fn|virtio):([^/]+)/.exec(entity) ?? [];
  return fn === undefined ? [entity] : [`msix:${fn}`, `dev:${fn}`];
}

function isOfThing(entity: string): Selector {
  const selectors = namesOf(entity).map(parseSelector).filter((selector) => selector !== undefined);
  return (life) => selectors.some((selector) => selector(life));
}

interface LivesOf {
  /** In order. */
  readonly lives: readonly Life[];
  /** Of all lives of the thing. */
  readonly onward: Onward;
}

/**
 * Those that passed by its evidence, but of other things' not those that only proved it by coming later; if none did, those of its thing that
 * were under way, else those that proved it, else the last ones before, else the first one after.
 */
export async function livesOf(files: readonly string[], options: RecordingOptions, { because, at, entity }: FoldedFinding): Promise<LivesOf> {
  const isOf = isOfThing(entity);
  const proved: Life[] = [];
  const later: Life[] = [];
  const near: Life[] = [];
  let next: Life | undefined;
  const ways = new Ways();
  const begins = ({ hops }: Life): number => hops[0]?.event.seq ?? Infinity;
  const lives = new Lives((life) => {
    const isOwn = isOf(life);
    if (isOwn) ways.note(life);
    const passed = (evidence: readonly Event[]): boolean => life.hops.some(({ event }) => evidence.some((one) => isAt(one, event)));
    if (passed(isOwn ? [...because, at] : because)) proved.push(life);
    else if (passed([at])) later.push(life);
    else if (isOwn && begins(life) <= at.seq && near.push(life) > 2 * KEPT) near.splice(0, KEPT);
    else if (isOwn && begins(life) > at.seq && (next === undefined || begins(life) < begins(next))) next = life;
  });
  let seq = 0;
  for await (const events of (await Recording.open(files, options)).events()) {
    for (const event of events) event.seq = seq++;
    lives.feed(events);
  }
  lives.end();
  const underWay = near.filter(({ hops, fate }) => fate === 'open' || (hops.at(-1)?.event.seq ?? -1) >= at.seq);
  const chosen = [proved, underWay, later, near, next === undefined ? [] : [next]].find((some) => some.length > 0) ?? [];
  return { lives: chosen.toSorted((a, b) => a.id - b.id), onward: ways.onward };
}
