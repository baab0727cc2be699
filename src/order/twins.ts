// Two forms of one recording are no streams of one run: merged, each event would have happened twice.

import type { Event } from '../event.js';
import { bracketOf } from '../import/ioctl/bracket.js';

/** Events of a stream's beginning that are looked for in another's, how many there must be, and the share of them that is found of a twin. */
export const LOOKED_FOR = 64;
const FEWEST = 6;
const SHARE = 0.9;
/** ns by which recorders that run at once stamp one event differently, and by which texts round. */
const NEAR = 200_000;

interface Beginning {
  readonly base: bigint;
  readonly coming: readonly Event[];
  /** File whose place an event names: of a native recording the one it was made from. */
  readonly sourceOf: (event: Event) => string;
  readonly info: { readonly file: string };
}

const STAMP: ReadonlySet<string> = new Set(['seq', 'ns', 'tid', 'vm', 'stream', 'at']);

/** What an event tells, wherever it stands, and what its recorder calls it: a call and what a trace shows of it are two things. */
const told = (event: Event): string =>
  Object.entries(event)
    .flatMap(([field, value]) => (STAMP.has(field) || value === undefined ? [] : `${field}=${String(value)}`))
    .sort()
    .join(bracketOf(event) === undefined ? ' ' : ', ');

/** A state that two files hold is read twice, and nothing more. */
export const isDone = ({ kind }: Event): boolean => !kind.startsWith('meta.') && !kind.endsWith('.read');

const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/**
 * Was one of them made from the other, however short it is: does it name a file of that name, and are all of its events there, with the very
 * times and at the very places? A file of another folder that is named alike has other times.
 */
function isMadeFrom(one: Beginning, other: Beginning, wanted: readonly Event[]): boolean {
  const apart = Number(one.base - other.base);
  const isThere = (event: Event): boolean => {
    const [source, text] = [one.sourceOf(event), told(event)];
    return other.coming.some((each) => {
      const its = other.sourceOf(each);
      const isNamed = source !== one.info.file || its !== other.info.file;
      return isNamed && each.at === event.at && each.ns === event.ns + apart && baseName(its) === baseName(source) && told(each) === text;
    });
  };
  return wanted.length > 0 && wanted.every(isThere);
}

/** Does `other` tell what `one` begins with, at the same times? */
function holds(other: Beginning, one: Beginning): boolean {
  const wanted = one.coming.filter(isDone).slice(0, LOOKED_FOR);
  if (wanted.length < FEWEST) return isMadeFrom(one, other, wanted);
  const apart = Number(one.base - other.base);
  const times = new Map<string, number[]>();
  for (const event of other.coming) {
    const text = told(event);
    times.set(text, [...(times.get(text) ?? []).slice(-LOOKED_FOR), event.ns]);
  }
  const found = wanted.filter((event) => times.get(told(event))?.some((ns) => Math.abs(event.ns + apart - ns) <= NEAR));
  return found.length >= SHARE * wanted.length;
}

/** Two of the streams that tell the same, as far as their beginnings show; with their times from their own bases. */
export function twins<B extends Beginning>(streams: readonly B[]): [B, B] | undefined {
  for (const [at, one] of streams.entries())
    for (const other of streams.slice(at + 1)) if (holds(other, one) || holds(one, other)) return [one, other];
  return undefined;
}
