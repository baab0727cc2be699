// Which events of a recording `cut` keeps, and how the reader is told of those it leaves out: kinds of which some or all are gone are declared
// (`meta.chan`), and where what is kept may rest on what is gone stands a loss (`meta.lost`).

import type { Event } from '../event.js';
import { KINDS, isKind, type Kind } from '../kinds.js';
import { thingsOf } from '../model/channels.js';
import { BELONGINGS, THINGS, type Thing } from './belongings.js';
import { UsageError } from './usage.js';

/** The options; an empty list chooses everything. Each narrows what the others leave. */
export interface Selection {
  readonly gsi: readonly number[];
  readonly pin: readonly number[];
  readonly vector: readonly number[];
  readonly intid: readonly number[];
  /** PCI functions and VFIO devices. */
  readonly device: readonly string[];
  /** Recording CPUs. */
  readonly cpu: readonly number[];
  /** Kinds, or families: `gic` means all of `gic.*`. */
  readonly kind: readonly string[];
}

/** What tells of the recording itself, or for whom the rest is told, always stays. */
const isStatement = (kind: Kind): boolean => kind.startsWith('meta.') || kind === 'gic.physical';

/** One option at work. */
interface Sieve {
  keeps(event: Event): boolean;
  /** True if the event may rest on any that was left out before it. */
  blurs(event: Event): boolean;
  readonly covers: ReadonlyMap<Kind, Cover>;
}

/** What is declared of a kind; `whole`: things of which it keeps all that the recording had. */
interface Cover {
  readonly cover: 'partial' | 'none';
  readonly whole: readonly string[];
}

function thingSieve(thing: Thing, chosen: readonly unknown[]): Sieve {
  const { own, field, chosen: asField = (value) => value, across, entity } = BELONGINGS[thing];
  const owned = new Set<Kind>(own);
  const shared = new Set<Kind>(across);
  const set = new Set(chosen.map(asField));
  return {
    // an event that names nothing may be the chosen one's
    keeps: (event) => !owned.has(event.kind) || field(event) === undefined || set.has(field(event)),
    blurs: (event) => shared.has(event.kind) && !set.has(field(event)),
    covers: new Map(own.map((kind) => [kind, { cover: 'partial', whole: entity === undefined ? [] : chosen.map(entity) }])),
  };
}

/** What one CPU recorded, or one kind tells, is no part of the machine that could be judged by itself. */
function cpuSieve(chosen: readonly number[]): Sieve {
  const set = new Set(chosen);
  return { keeps: ({ on }) => on < 0 || set.has(on), blurs: () => true, covers: new Map() };
}

function kindSieve(chosen: readonly string[]): Sieve {
  const all = Object.keys(KINDS).filter(isKind);
  const isMeant = (kind: Kind, name: string): boolean => kind === name || kind.startsWith(`${name}.`);
  const unknown = chosen.find((name) => !all.some((kind) => isMeant(kind, name)));
  if (unknown !== undefined) throw new UsageError(`--kind ${unknown}: expected a kind of event, ioapic.in, or a family of them, ioapic`);
  const kept = new Set(all.filter((kind) => isStatement(kind) || chosen.some((name) => isMeant(kind, name))));
  return { keeps: ({ kind }) => kept.has(kind), blurs: () => true, covers: new Map(all.filter((kind) => !kept.has(kind)).map((kind) => [kind, { cover: 'none', whole: [] }])) };
}

function sievesOf(selection: Selection): Sieve[] {
  const sieves = THINGS.filter((thing) => selection[thing].length > 0).map((thing) => thingSieve(thing, selection[thing]));
  if (selection.cpu.length > 0) sieves.push(cpuSieve(selection.cpu));
  if (selection.kind.length > 0) sieves.push(kindSieve(selection.kind));
  return sieves;
}

/** What several options leave out of one kind leaves nothing whole. */
function coversOf(sieves: readonly Sieve[]): Map<Kind, Cover> {
  const all = new Map<Kind, Cover>();
  for (const [kind, { cover, whole }] of sieves.flatMap(({ covers }) => [...covers])) all.set(kind, { cover, whole: all.has(kind) ? [] : whole });
  return all;
}

/** Events of one stream left out by one option since the last loss that was told; the last of them. */
interface Gap {
  readonly by: Sieve;
  readonly n: number;
  readonly last: Event;
}

/** Keeps what was chosen. What it says of the rest stands before a stream's first event, and where something is missing. */
export class Selector {
  readonly #note: string;
  readonly #sieves: readonly Sieve[];
  readonly #covers: ReadonlyMap<Kind, Cover>;
  /** By stream. */
  readonly #begun = new Set<number>();
  #gaps: Gap[] = [];

  /** `note` says in words what was chosen. */
  constructor(selection: Selection, note: string) {
    this.#note = note;
    this.#sieves = sievesOf(selection);
    this.#covers = coversOf(this.#sieves);
  }

  choose(batch: readonly Event[]): Event[] {
    const out: Event[] = [];
    for (const event of batch) {
      if (!this.#begun.has(event.stream)) out.push(...this.#declarations(event));
      // what nobody told of until the end may have happened all the same
      if (event.kind === 'meta.end') out.push(...this.#lossesBefore(event));
      if (isStatement(event.kind)) {
        out.push(...this.#restated(event));
        continue;
      }
      const by = this.#sieves.find((sieve) => !sieve.keeps(event));
      if (by !== undefined) this.#leaveOut(event, by);
      else out.push(...this.#lossesBefore(event), event);
    }
    return out;
  }

  #leaveOut(event: Event, by: Sieve): void {
    const gap = this.#gaps.find((each) => each.by === by && each.last.stream === event.stream);
    this.#gaps = [...this.#gaps.filter((each) => each !== gap), { by, n: (gap?.n ?? 0) + 1, last: event }];
  }

  #lossesBefore(event: Event): Event[] {
    if (this.#gaps.length === 0) return [];
    const told = this.#gaps.filter(({ by }) => by.blurs(event));
    if (told.length > 0) this.#gaps = this.#gaps.filter((gap) => !told.includes(gap));
    return told.map(({ n, last }): Event => ({ ...placeOf(last), kind: 'meta.lost', n }));
  }

  /** What a recorder says of a kind holds only as far as it is kept. */
  #restated(event: Event): Event[] {
    const cover = event.kind === 'meta.chan' && isKind(event.chan) ? this.#covers.get(event.chan) : undefined;
    if (event.kind !== 'meta.chan' || cover === undefined) return [event];
    const isAll = event.cover === 'full' && event.whole === undefined;
    const whole = listed(isAll ? cover.whole : thingsOf(event.whole).filter((thing) => cover.whole.includes(thing)));
    return [{ ...event, cover: whole === undefined ? cover.cover : event.cover, whole }];
  }

  #declarations(event: Event): Event[] {
    const place = placeOf(event);
    const note: Event[] = this.#begun.size === 0 ? [{ ...place, kind: 'meta.note', text: this.#note }] : [];
    this.#begun.add(event.stream);
    return [...note, ...[...this.#covers].map(([chan, { cover, whole }]): Event => ({ ...place, kind: 'meta.chan', chan, cover, whole: listed(whole) }))];
  }
}

const listed = (things: readonly string[]): string | undefined => (things.length === 0 ? undefined : things.join(','));
const placeOf = ({ seq, ns, on, tid, vm, stream, at }: Event) => ({ seq, ns, on, tid, vm, stream, at, name: 'cut' });
