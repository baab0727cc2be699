// Which kinds of event this recording shows: what is not shown may have happened unseen.
// A kind counts as covered in a stream that declares it (`meta.chan cover=full`) or that has shown it and does not call it partial.

import type { Event, EventOf } from '../event.js';
import { KINDS, isKind, type Kind } from '../kinds.js';

const EVERY_STREAM = -1;

/** What is known of one kind's visibility; one bit per stream. */
export class Channel {
  /** Streams that have shown the kind, declare that they show all of it, declare that they do not. */
  seen = 0;
  private full = 0;
  private partial = 0;
  /** Things of which a stream shows all, though it is partial. */
  private readonly whole = new Map<string, number>();
  private readonly everything: Channel | undefined;

  /** `everything` holds what streams declare of all kinds at once. */
  constructor(everything?: Channel) {
    this.everything = everything;
  }

  /** Streams that declare that they show all of the kind, by itself or with all others. */
  private get promised(): number {
    return this.full | (this.everything?.full ?? 0);
  }

  /** Streams, as bits, of which events of the kind may be missing, though they show it. */
  get missing(): number {
    return this.partial | (this.everything?.partial ?? 0);
  }

  /** True if an event of this kind could not have happened unseen (but for losses). */
  get covered(): boolean {
    return this.coveredBy(this.seen);
  }

  /** True if one of `streams`, as bits, shows some of the kind and does not call it partial, or one declares that it shows all. */
  coveredBy(streams: number): boolean {
    return ((this.promised | streams) & ~this.missing) !== 0;
  }

  /** True if no event of this kind that is of `thing` could have happened unseen. */
  coversFor(thing: string): boolean {
    const missing = (this.partial & ~(this.whole.get(thing) ?? 0)) | (this.everything?.partial ?? 0);
    return ((this.promised | this.seen) & ~missing) !== 0;
  }

  declare({ cover, whole, stream }: EventOf<'meta.chan'>): void {
    const bit = streamBit({ stream });
    this.full = cover === 'full' ? this.full | bit : this.full & ~bit;
    this.partial = cover === 'full' && whole === undefined ? this.partial & ~bit : this.partial | bit;
    for (const [thing, streams] of this.whole) this.whole.set(thing, streams & ~bit);
    for (const thing of thingsOf(whole)) this.whole.set(thing, (this.whole.get(thing) ?? 0) | bit);
  }

  /** Of whatever stream, events may be missing. */
  choose(): void {
    this.full = 0;
    this.partial = EVERY_STREAM;
  }

  /** True if the stream shows or declares the kind, and does not call it partial. */
  shows(stream: number): boolean {
    return ((this.promised | this.seen) & ~this.missing & streamBit({ stream })) !== 0;
  }

  /** True if the stream has shown the kind, and does not call it partial. */
  hasShown(stream: number): boolean {
    return (this.seen & ~this.missing & streamBit({ stream })) !== 0;
  }

  /** True if other streams than this one have shown the kind, and do not call it partial. */
  othersShow(stream: number): boolean {
    return (this.seen & ~this.missing & ~streamBit({ stream })) !== 0;
  }

  /** True if a recorder itself declares that it shows every event of this kind. */
  get declared(): boolean {
    return (this.promised & ~this.missing) !== 0;
  }

  /** True if a stream that shows everything that happens, as a sequence does that somebody wrote, shows this. */
  get declaredWithAll(): boolean {
    return ((this.everything?.full ?? 0) & ~this.missing) !== 0;
  }

  /** True if another stream than this one declares that it shows every event of this kind. */
  declaredBeside(stream: number): boolean {
    return (this.full & ~this.missing & ~streamBit({ stream })) !== 0;
  }

  /** Streams, as bits, that have shown the kind or declare that they show all of it. */
  get tellers(): number {
    return this.seen | this.full;
  }
}

export class Channels {
  private readonly everything = new Channel();
  private readonly byKind = new Map<Kind, Channel>();
  /** A stream says that it shows several VMs and cannot tell them apart: nothing can be concluded. */
  severalMachines = false;

  constructor() {
    for (const kind of Object.keys(KINDS)) if (isKind(kind)) this.byKind.set(kind, new Channel(this.everything));
  }

  /** The channel of one kind: components keep those they ask at every event. */
  of(kind: Kind): Channel {
    const channel = this.byKind.get(kind);
    if (channel === undefined) throw new Error(`no channel for ${kind}`);
    return channel;
  }

  covers(kind: Kind): boolean {
    return this.of(kind).covered;
  }

  /** True if a loss in `stream` cannot have hidden an event of this kind: another stream shows them all. */
  survivesLossOf(stream: number, kind: Kind): boolean {
    return this.of(kind).declaredBeside(stream);
  }

  /** Have other streams than this one, and they alone, shown events of the kinds whose names begin so, or declared that they show all of one? */
  othersTell(stream: number, prefix: string): boolean {
    let { tellers } = this.everything;
    for (const [kind, channel] of this.byKind) if (kind.startsWith(prefix)) tellers |= channel.tellers;
    return tellers !== 0 && (tellers & streamBit({ stream })) === 0;
  }

  /** What has been shown as `gic.*` was of the physical GIC, and is shown as `pgic.*` from now on. */
  handOverGic(): void {
    for (const [kind, physical] of this.byKind) {
      const guest = kind.startsWith('pgic.') ? kind.slice(1) : '';
      if (!isKind(guest)) continue;
      const shown = this.of(guest);
      physical.seen |= shown.seen;
      shown.seen = 0;
    }
  }

  /** Threads, CPUs or single events were chosen when it was recorded: of every kind some may be missing. */
  choose(): void {
    this.everything.choose();
  }

  declare(event: EventOf<'meta.chan'>): void {
    if (event.chan === 'vm') this.severalMachines ||= event.cover === 'none';
    if (event.chan === '*') this.everything.declare(event);
    else if (isKind(event.chan)) this.of(event.chan).declare(event);
  }
}

/** The things that a `meta.chan` names. */
export const thingsOf = (whole: string | undefined): readonly string[] => whole?.split(',') ?? [];

/** The stream of an event, as a bit. */
export const streamBit = ({ stream }: Pick<Event, 'stream'>): number => 1 << (stream & 31);

/** More than there are streams: with it a number and a stream make one number. */
export const STREAMS = 256;
