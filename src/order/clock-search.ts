// How far apart are the clocks of two streams of one run? Both show some things twice: one and the same event, or a cause here and its effect
// there. At the distance that is right most of them fit; it is taken only if no other one comes near and chance does not explain it.

import type { Event } from '../event.js';
import { bracketOf } from '../import/ioctl/bracket.js';
import { ANY_MESSAGE, signatureOf } from './clock-check.js';
import { highestOf, peaks, plateau, rivalOf, type Fit } from './peaks.js';
import { STAMP_ERROR, type ClockOffset } from './input.js';

/** When something happened, as far as the stream tells: between the two times, ns of its own clock. */
interface Mark {
  readonly from: number;
  readonly to: number;
}

/** Things that are kept, those of them that are looked for, and pairs of the two that are tried. */
const MOST_ALIKE = 8192;
const SOUGHT = 128;
const MOST_FITS = 1_000_000;
const MOST_SIGNATURES = 256;
const FEWEST = 3;
const LEAST_CHANCE = 1e-3;
/** Distances this near are one: drift of the clocks, and the time that effects take. */
const NEIGHBOURHOOD = 1_000_000;
/** How far two good clocks drift apart in a recording's first thousands of events. */
const DRIFT = 5000;
/** The host has acknowledged the guest's timer, and KVM's handler of it runs: 13 to 31 µs later on the mean, on an emulated machine. */
const TIMER_TAKES = 100_000;
const TIMER = 27;

/** What of one stream can be found in another. */
export class Landmarks {
  readonly marks = new Map<string, Mark[]>();
  #first = Infinity;
  #last = -Infinity;

  add(event: Event): void {
    const bracket = bracketOf(event);
    const { ns } = event;
    if (Number.isNaN(ns)) return;
    const mark = bracket === undefined ? { from: ns - STAMP_ERROR, to: ns + STAMP_ERROR } : { from: bracket.t0, to: bracket.t1 };
    for (const signature of signaturesOf(event, bracket !== undefined)) this.#put(signature, mark);
    // stands where its effect is to be looked for
    if (event.kind === 'pgic.iar' && event.id === TIMER) this.#put('timer', { from: ns, to: ns + TIMER_TAKES });
  }

  /** ns from the first to the last. */
  get span(): number {
    return Math.max(0, this.#last - this.#first);
  }

  #put(signature: string, mark: Mark): void {
    this.#first = Math.min(this.#first, mark.from);
    this.#last = Math.max(this.#last, mark.to);
    let marks = this.marks.get(signature);
    if (marks === undefined) {
      if (this.marks.size >= MOST_SIGNATURES) return;
      this.marks.set(signature, (marks = []));
    }
    if (marks.length < MOST_ALIKE) marks.push(mark);
  }
}

function signaturesOf(event: Event, isCall: boolean): string[] {
  if (event.kind === 'meta.note') return event.text.startsWith('irqr sync ') ? [event.text] : [];
  if (event.kind === 'gic.in') return event.id === TIMER && event.level === 1 ? ['timer'] : [];
  const signature = signatureOf(event, isCall);
  if (signature === undefined) return [];
  return event.kind === 'kvm.msi' ? [signature, ANY_MESSAGE] : [signature];
}

export interface Found extends ClockOffset {
  /** How many of the things that could be compared fit. */
  readonly matched: number;
  readonly of: number;
}

/** Most fit, and at no other distance half as many; what nearly always fits may have a rival that often does, as the ticks of a timer have. */
const standsOut = (most: number, rival: number, items: number): boolean =>
  most * 2 > items && (rival * 2 <= most || (most >= 0.9 * items && rival <= 0.75 * most));

/** ns to add to the times of `moved` to have those of `fixed`; undefined if they do not tell. Times count from each stream's own base. */
export function searchOffset(moved: Landmarks, fixed: Landmarks): Found | undefined {
  const tried = fitsOf(moved, fixed);
  const { fits, items } = tried;
  const all = peaks(fits, items);
  const highest = highestOf(all);
  const rival = rivalOf(all, highest, NEIGHBOURHOOD);
  if (highest.items < FEWEST || !standsOut(highest.items, rival, items)) return undefined;
  if (byChance(highest.items, tried) >= LEAST_CHANCE) return undefined;
  const { from, to } = plateau(fits, items, highest.at, Math.ceil(highest.items / 2));
  return { ns: BigInt(Math.round((from + to) / 2)), uncertainty: Math.ceil((to - from) / 2) + STAMP_ERROR, matched: highest.items, of: items };
}

interface Tried {
  readonly fits: readonly Fit[];
  /** Things sought. */
  readonly items: number;
  /** How far apart the two clocks' times could lie if nothing were known, ns. */
  readonly reach: number;
}

const spanOf = (marks: readonly Mark[]): number => (marks.at(-1)?.to ?? 0) - (marks[0]?.from ?? 0);

/** So many of them at most, spread evenly. */
function sampled(marks: readonly Mark[]): readonly Mark[] {
  const step = Math.max(1, marks.length / SOUGHT);
  return Array.from({ length: Math.ceil(marks.length / step) }, (_, i) => marks[Math.floor(i * step)]).filter((mark) => mark !== undefined);
}

/** What a stream shows within the shorter time is looked for in the other, the rarest first. */
function fitsOf(moved: Landmarks, fixed: Landmarks): Tried {
  const shared = [...moved.marks].flatMap(([signature, ours]) => {
    const theirs = fixed.marks.get(signature);
    return theirs === undefined ? [] : [{ ours, theirs }];
  });
  shared.sort((a, b) => a.ours.length * a.theirs.length - b.ours.length * b.theirs.length);
  const fits: Fit[] = [];
  let items = 0;
  for (const { ours, theirs } of shared) {
    const seekOurs = spanOf(ours) <= spanOf(theirs);
    const sought = sampled(seekOurs ? ours : theirs);
    const there = seekOurs ? theirs : ours;
    if (fits.length > 0 && fits.length + sought.length * there.length > MOST_FITS) break;
    for (const [i, one] of sought.entries()) {
      for (const other of there) {
        const [a, b] = seekOurs ? [one, other] : [other, one];
        fits.push({ item: items + i, from: b.from - a.to - DRIFT, to: b.to - a.from + DRIFT });
      }
    }
    items += sought.length;
  }
  return { fits, items, reach: Math.max(1, moved.span + fixed.span) };
}

/** How many distances, if things came at random within `reach` ns, would fit as many of them. */
function byChance(fitting: number, { fits, items, reach }: Tried): number {
  const covered = fits.reduce((sum, { from, to }) => sum + to - from, 0);
  const each = Math.min(1, covered / reach / items);
  let chance = fits.length;
  for (let k = 1; k < fitting; k++) chance *= (each * (items - k)) / k;
  return chance;
}
