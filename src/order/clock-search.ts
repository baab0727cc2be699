// How far apart are the clocks of two streams of one run? Both show some things twice: one and the same event, or a cause here and its effect
// there. At the distance that is right most of them fit; it is taken only if no other one comes near and chance does not explain it.

import type { Event, EventOf } from '../event.js';
import { bracketOf } from '../import/ioctl/bracket.js';
import { ANY_MESSAGE, signatureOf } from './clock-check.js';
import { fittingAt, highestOf, peaks, plateau, rivalOf, type Fit, type Peak } from './peaks.js';
import { STAMP_ERROR, type ClockOffset } from './input.js';

/** When something happened, as far as the stream tells: between the two times, ns of its own clock. */
interface Mark {
  readonly from: number;
  readonly to: number;
  /** Its effect is what the other stream shows, a little later. */
  readonly isCause?: true;
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
/**
 * An effect comes after its cause: KVM's handler of a guest's timer after the host's acknowledge, the write of a list register after KVM has
 * filled it: 10 to 50 µs later, on an emulated machine. Shorter ones tell the ticks of a timer apart that differ by less.
 */
const TAKES = 100_000;
/** A call of QEMU's into KVM comes after the line that announces it; QEMU may have to wait for a vCPU. The first one, before the guest runs, may take milliseconds. */
const TAKEN: Readonly<Record<Clue, readonly number[]>> = { call: [TAKES], QEMU: [1_000_000, 300_000, TAKES], access: [1_000_000, 300_000, TAKES], 'list register': [TAKES, 30_000], timer: [TAKES, 30_000] };
/** Of the effects that are sought so many must have their cause at that distance, or a clock was stopped on the way. */
const NEARLY_ALL = 0.9;
const TIMER = 27;

/** What two streams have in common, the surest first: calls and marks of a log; what QEMU says before it calls KVM; a guest's writes to chips that QEMU models; list registers; a guest's timer, which rises at other times, too. */
type Clue = 'call' | 'QEMU' | 'access' | 'list register' | 'timer';
const CLUES: readonly Clue[] = ['call', 'QEMU', 'access', 'list register', 'timer'];
/** Traced by KVM as it leaves a guest's write to user space, before QEMU hears of it. */
const LEFT: ReadonlySet<string> = new Set(['kvm_mmio', 'kvm_pio']);

/** What of one stream can be found in another. */
export class Landmarks {
  /** By clue, then by what tells things apart. */
  readonly marks: Readonly<Record<Clue, Map<string, Mark[]>>> = { call: new Map(), QEMU: new Map(), access: new Map(), 'list register': new Map(), timer: new Map() };
  #first = Infinity;
  #last = -Infinity;
  /** KVM's own state of an interrupt was just told, as it is with each list register that it fills. */
  #filled: { readonly vid: number; readonly ns: number } | undefined;

  add(event: Event): void {
    const bracket = bracketOf(event);
    const { ns } = event;
    if (Number.isNaN(ns)) return;
    const mark = bracket === undefined ? { from: ns - STAMP_ERROR, to: ns + STAMP_ERROR } : { from: bracket.t0, to: bracket.t1 };
    for (const signature of signaturesOf(event, bracket !== undefined)) this.#put('call', signature, mark);
    if (event.kind === 'kvm.route.commit') this.#put('QEMU', 'table', { ...mark, isCause: true });
    else if (event.kind === 'kvm.routes') this.#put('QEMU', 'table', mark);
    else if (event.kind === 'kvm.irqfd.assign' && event.resample !== undefined && event.ret === 0) this.#put('QEMU', 'resampler', { ...mark, isCause: true });
    else if (event.kind === 'vfio.fast') this.#put('QEMU', 'resampler', mark);
    else if (event.kind === 'intx.line') this.#put('QEMU', `line ${event.line} ${event.level}`, { ...mark, isCause: true });
    else if (event.kind === 'kvm.set_irq' && event.source === 0) this.#put('QEMU', `line ${event.gsi} ${event.level}`, mark);
    else if (event.kind === 'ioapic.rte') this.#put('access', entryOf(event), LEFT.has(event.name) ? { ...mark, isCause: true } : mark);
    else if (event.kind === 'vgic.irq') this.#filled = { vid: event.vid, ns };
    else if (event.kind === 'vgic.flush') this.#put('list register', `${event.vid}`, this.#filled?.vid === event.vid && this.#filled.ns === ns ? { ...mark, isCause: true } : mark);
    else if (event.kind === 'pgic.iar' && event.id === TIMER) this.#put('timer', '', { ...mark, isCause: true });
    else if (event.kind === 'gic.in' && event.id === TIMER && event.level === 1) this.#put('timer', '', mark);
  }

  /** ns from the first to the last. */
  get span(): number {
    return Math.max(0, this.#last - this.#first);
  }

  #put(clue: Clue, signature: string, mark: Mark): void {
    this.#first = Math.min(this.#first, mark.from);
    this.#last = Math.max(this.#last, mark.to);
    const all = this.marks[clue];
    let marks = all.get(signature);
    if (marks === undefined) {
      if (all.size >= MOST_SIGNATURES) return;
      all.set(signature, (marks = []));
    }
    if (marks.length < MOST_ALIKE) marks.push(mark);
  }
}

function signaturesOf(event: Event, isCall: boolean): string[] {
  if (event.kind === 'meta.note') return event.text.startsWith('irqr sync ') ? [event.text] : [];
  const signature = signatureOf(event, isCall);
  if (signature === undefined) return [];
  return event.kind === 'kvm.msi' ? [signature, ANY_MESSAGE] : [signature];
}

/** Only entries of the IOAPIC: writes that differ are many, and other writes are repeated without end. */
const entryOf = ({ pin, vec, dst, mask, trig }: EventOf<'ioapic.rte'>): string => `entry ${pin} ${vec} ${dst} ${mask} ${trig}`;

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
  for (const clue of CLUES) {
    const found = clue === 'call' ? foundIn(fitsOf(moved, fixed, clue, TAKES)) : foundByEffects(moved, fixed, clue);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The distance at which most things fit, if it stands out. */
function bestOf({ fits, items, reach }: Tried): Peak | undefined {
  const all = peaks(fits, items);
  const highest = highestOf(all);
  const rival = rivalOf(all, highest, NEIGHBOURHOOD);
  if (highest.items < FEWEST || !standsOut(highest.items, rival, items)) return undefined;
  return byChance(highest.items, { fits, items, reach }) < LEAST_CHANCE ? highest : undefined;
}

function foundIn(tried: Tried): Found | undefined {
  const best = bestOf(tried);
  return best === undefined ? undefined : around(best, tried);
}

/** All distances near the best at which half as many fit. */
function around({ at, items: matched }: Peak, { fits, items }: Tried): Found {
  const { from, to } = plateau(fits, items, at, Math.ceil(matched / 2));
  return { ns: BigInt(Math.round((from + to) / 2)), uncertainty: Math.ceil((to - from) / 2) + STAMP_ERROR, matched, of: items };
}

/** Found by whatever time effects often take; how well it is known is told by the longest that they take, so that the true one is never left out. */
function foundByEffects(moved: Landmarks, fixed: Landmarks, clue: Clue): Found | undefined {
  const [longest = TAKES, ...shorter] = TAKEN[clue];
  const whole = fitsOf(moved, fixed, clue, longest);
  for (const tried of [whole, ...shorter.map((takes) => fitsOf(moved, fixed, clue, takes))]) {
    const best = bestOf(tried);
    if (best === undefined) continue;
    const matched = fittingAt(whole.fits, best.at);
    const late = clue === 'QEMU' ? 1 : 0;
    return matched + late >= NEARLY_ALL * whole.items ? around({ at: best.at, items: matched }, whole) : undefined;
  }
  return undefined;
}

interface Tried {
  readonly fits: readonly Fit[];
  /** Things sought. */
  readonly items: number;
  /** How far apart the two clocks' times could lie if nothing were known, ns. */
  readonly reach: number;
}

/** So many of them at most, spread evenly. */
function sampled(marks: readonly Mark[]): readonly Mark[] {
  const step = Math.max(1, marks.length / SOUGHT);
  return Array.from({ length: Math.ceil(marks.length / step) }, (_, i) => marks[Math.floor(i * step)]).filter((mark) => mark !== undefined);
}

/** What a stream shows less often is looked for in the other, the rarest first. An effect comes within `takes` ns. */
function fitsOf(moved: Landmarks, fixed: Landmarks, clue: Clue, takes: number): Tried {
  const shared = [...moved.marks[clue]].flatMap(([signature, ours]) => {
    const theirs = fixed.marks[clue].get(signature);
    return theirs === undefined ? [] : [{ ours, theirs }];
  });
  shared.sort((a, b) => a.ours.length * a.theirs.length - b.ours.length * b.theirs.length);
  const endOf = ({ to, isCause }: Mark): number => (isCause === true ? to + takes : to);
  const fits: Fit[] = [];
  let items = 0;
  for (const { ours, theirs } of shared) {
    const seekOurs = ours.length <= theirs.length;
    const sought = sampled(seekOurs ? ours : theirs);
    const there = seekOurs ? theirs : ours;
    if (fits.length > 0 && fits.length + sought.length * there.length > MOST_FITS) break;
    for (const [i, one] of sought.entries()) {
      for (const other of there) {
        const [a, b] = seekOurs ? [one, other] : [other, one];
        fits.push({ item: items + i, from: b.from - endOf(a) - DRIFT, to: endOf(b) - a.from + DRIFT });
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
