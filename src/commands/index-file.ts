// The index of a recording: its events in pieces, and the machine as it was in front of most of them.
// Layout: MAGIC; packed sections; the packed directory; where that begins (u64, little endian); MAGIC again.

import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Event } from '../event.js';
import type { StreamSummary } from '../finding.js';
import type { Machine } from '../model/machine.js';
import { keep, restore } from '../state/kept.js';

const MAGIC = Buffer.from('irqreplay index\n');
const TAIL = 8 + MAGIC.length;
/** Events of a piece, twice as many at most where changes are under way when it is full. */
const PIECE = 4_096;
/** A machine is kept once its bytes are at most this part of those of the events since the last. */
const SHARE = 1 / 4;

/** Bytes of the file. */
interface Section {
  readonly at: number;
  readonly size: number;
}

interface Piece {
  /** Number of the first event. */
  readonly first: number;
  /** The greatest time, ns, of the events before it, -Infinity without any. */
  readonly latest: number;
  readonly events: Section;
  readonly machine: Section | undefined;
}

interface Directory {
  /** What it is the index of. */
  readonly of: string;
  /** The streams by their number. */
  readonly streams: readonly Pick<StreamSummary, 'file' | 'clock'>[];
  readonly pieces: readonly Piece[];
}

/** Reads `size` bytes of a file from `at` on; fewer only at its end. */
type ReadAt = (at: number, size: number) => Buffer;

const packed = (bytes: Uint8Array): Buffer => deflateRawSync(bytes, { level: 1 });

/** True if these bytes begin an index. */
export const isIndex = (bytes: Uint8Array): boolean => MAGIC.equals(bytes.subarray(0, MAGIC.length));

/** Writes an index while a machine replays the recording. */
export class IndexWriter {
  readonly #machine: Machine;
  readonly #write: (bytes: Buffer) => Promise<void>;
  readonly #pieces: Piece[] = [];
  #at = 0;
  /** Bytes of events since a machine was kept, and of that machine. */
  #since = 0;
  #kept = 0;
  #events: Event[] = [];
  #first = 0;
  #latest = -Infinity;
  #before: Buffer | undefined;

  constructor(machine: Machine, write: (bytes: Buffer) => Promise<void>) {
    this.#machine = machine;
    this.#write = write;
    this.#before = packed(serialize(keep(machine)));
  }

  async begin(): Promise<void> {
    await this.#put(MAGIC);
  }

  /** True if the piece is to be written before the next event. */
  get isFull(): boolean {
    const { length } = this.#events;
    return length >= PIECE && (length >= 2 * PIECE || !this.#machine.ctx.flights.any);
  }

  /** Takes an event that the machine has not replayed yet. */
  add(event: Event): void {
    this.#events.push(event);
  }

  /** Writes the piece, and keeps the machine as it is now for the next one. */
  async next(): Promise<void> {
    const events = await this.#put(packed(serialize(this.#events)));
    const machine = this.#before === undefined ? undefined : await this.#put(this.#before);
    this.#pieces.push({ first: this.#first, latest: this.#latest, events, machine });
    this.#first += this.#events.length;
    this.#latest = this.#events.reduce((latest, { ns }) => (ns > latest ? ns : latest), this.#latest);
    this.#events = [];
    this.#since += events.size;
    const isWorth = this.#kept <= this.#since * SHARE && !this.#machine.ctx.flights.any;
    this.#before = isWorth ? packed(serialize(keep(this.#machine))) : undefined;
    if (this.#before !== undefined) [this.#since, this.#kept] = [0, this.#before.length];
  }

  async finish(about: Omit<Directory, 'pieces'>): Promise<void> {
    await this.next();
    const at = Buffer.alloc(8);
    at.writeBigUInt64LE(BigInt(this.#at));
    await this.#put(packed(serialize({ ...about, pieces: this.#pieces } satisfies Directory)));
    await this.#put(Buffer.concat([at, MAGIC]));
  }

  async #put(bytes: Buffer): Promise<Section> {
    const section = { at: this.#at, size: bytes.length };
    this.#at += bytes.length;
    await this.#write(bytes);
    return section;
  }
}

/** A machine that was kept, the events that follow, and how many were before. */
interface Restart {
  readonly machine: Machine;
  readonly first: number;
  readonly events: Iterable<readonly Event[]>;
}

/** Reads an index. Everything here throws where the bytes are not those of a whole one; of what another version wrote only `of` is to be trusted. */
export class IndexReader {
  readonly #read: ReadAt;
  readonly #directory: Directory;

  /** `size` of the file in bytes. */
  constructor(read: ReadAt, size: number) {
    this.#read = read;
    const tail = read(size - TAIL, TAIL);
    if (!MAGIC.equals(tail.subarray(8))) throw new Error('it ends early');
    const at = Number(tail.readBigUInt64LE());
    this.#directory = deserialize(this.#bytes({ at, size: size - TAIL - at }));
  }

  get of(): string {
    return this.#directory.of;
  }

  get streams(): Directory['streams'] {
    return this.#directory.streams;
  }

  /** The last kept machine at which an event of this number, or one later than `ns`, is still to come. */
  before(moment: { readonly events: number } | { readonly ns: number }): Restart {
    const { pieces } = this.#directory;
    const isBefore = ({ first, latest }: Piece): boolean => ('events' in moment ? first <= moment.events : !(latest > moment.ns));
    const at = pieces.findLastIndex((piece) => piece.machine !== undefined && isBefore(piece));
    const piece = pieces[at];
    if (piece?.machine === undefined) throw new Error('it keeps no machine at the beginning');
    return { machine: restore(deserialize(this.#bytes(piece.machine))), first: piece.first, events: this.#from(at) };
  }

  *#from(at: number): Iterable<readonly Event[]> {
    for (const { events } of this.#directory.pieces.slice(at)) yield deserialize(this.#bytes(events));
  }

  #bytes({ at, size }: Section): Buffer {
    return inflateRawSync(this.#read(at, size));
  }
}
