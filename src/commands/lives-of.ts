// The lives that a finding is about: the way of the interrupt that was lost, doubled or stuck.

import type { Event } from '../event.js';
import type { FoldedFinding } from '../finding.js';
import type { Life } from '../lives/life.js';
import { Lives } from '../lives/lives.js';
import { parseSelector } from '../lives/selector.js';
import { Recording, type RecordingOptions } from './recording.js';

/** Lives kept while it is not known whether nearer ones follow. */
const KEPT = 64;

const isAt = (a: Event, b: Event): boolean => a.stream === b.stream && a.at === b.at && a.kind === b.kind;

/** Those that passed by its evidence; if none did, those of its thing that were under way, else the last ones before. In order. */
export async function livesOf(files: readonly string[], options: RecordingOptions, { because, at, entity }: FoldedFinding): Promise<readonly Life[]> {
  const evidence = [...because, at];
  const isOfThing = parseSelector(entity) ?? (() => false);
  const proved: Life[] = [];
  const near: Life[] = [];
  const lives = new Lives((life) => {
    if (life.hops.some(({ event }) => evidence.some((one) => isAt(one, event)))) proved.push(life);
    else if (isOfThing(life) && (life.hops[0]?.event.seq ?? Infinity) <= at.seq && near.push(life) > 2 * KEPT) near.splice(0, KEPT);
  });
  let seq = 0;
  for await (const events of (await Recording.open(files, options)).events()) {
    for (const event of events) event.seq = seq++;
    lives.feed(events);
  }
  lives.end();
  const underWay = near.filter(({ hops, fate }) => fate === 'open' || (hops.at(-1)?.event.seq ?? -1) >= at.seq);
  const chosen = [proved, underWay, near].find((some) => some.length > 0) ?? [];
  return chosen.toSorted((a, b) => a.id - b.id);
}
