// What the texts of chip state have in common: a line with the time in front of each snapshot and behind it, `=== time 1795860428.508546`.
// It was taken in between: what else happened then may be in it or not. How long printing takes is not guessed (KVM's debugfs took 250 ms).

import type { Event } from '../../event.js';
import { noteLoss, TraceError, type Decoder, type Format, type StreamInfo } from '../format.js';
import { setBracket } from '../ioctl/bracket.js';
import { LineSplitter } from '../lines.js';
import { noteEvent } from '../source.js';

/** What every event of a snapshot has. */
export type Common = Pick<Event, 'seq' | 'ns' | 'on' | 'tid' | 'stream' | 'at' | 'name'>;

/** Reads the lines of one dialect; gives undefined for a line that says nothing. */
export interface SnapshotReader {
  /** A new snapshot begins; `rest` is what follows the time on its line. */
  begin(rest: string): void;
  /** Throws what it expected in place of a line that it knows but cannot read. */
  read(text: string, common: Common): readonly Event[] | undefined;
}

/** A line that is known but cannot be read. */
export class Unreadable extends Error {}

const TIME = /^=== (?:time|uptime) (\d{1,12})\.(\d{1,9})(?: +(.*))?$/;
const TIME_EXPECTED = 'a line "=== time SECONDS" in front of each snapshot and behind it, with a fraction, on the clock of the recording';

/** A printed time: the true one lies within one unit of its last digit. */
interface Stamp {
  readonly from: bigint;
  readonly to: bigint;
}

function stampOf(seconds: string, fraction: string): Stamp {
  const at = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  const digit = 10n ** BigInt(9 - fraction.length);
  return { from: at - digit, to: at + digit };
}

class SnapshotDecoder implements Decoder {
  readonly #info: StreamInfo;
  readonly #stream: number;
  readonly #reader: SnapshotReader;
  readonly #splitter: LineSplitter;
  /** Time line in front of the lines at hand. */
  #start: Stamp | undefined;
  /** Events since then: they are given out when it is known by when the snapshot was over. */
  #held: Event[] = [];
  #base: bigint | undefined;

  constructor(info: StreamInfo, stream: number, reader: SnapshotReader) {
    this.#info = info;
    this.#stream = stream;
    this.#reader = reader;
    this.#splitter = new LineSplitter(info.file);
  }

  push(chunk: Buffer, out: Event[]): void {
    this.#splitter.push(chunk, (text, number) => this.#line(text, number, out));
  }

  end(out: Event[]): void {
    this.#splitter.end((text, number) => this.#line(text, number, out));
    const [first] = this.#held;
    if (first !== undefined) noteLoss(this.#info, { line: first.at, n: this.#held.length, what: `a snapshot without a time line behind it, ${this.#held.length} reads, is left out` });
  }

  #line(text: string, number: number, out: Event[]): void {
    this.#info.lines = number;
    const [, seconds, fraction, rest] = TIME.exec(text) ?? [];
    if (seconds !== undefined && fraction !== undefined) return this.#time(text, number, stampOf(seconds, fraction), rest ?? '', out);
    if (text.startsWith('===') && text.includes('time')) throw new TraceError(this.#info.file, number, text, TIME_EXPECTED);
    const ns = this.#start === undefined ? 0 : this.#ns(this.#start.from);
    const events = this.#read(text, { seq: 0, ns, on: -1, tid: -1, stream: this.#stream, at: number, name: 'snapshot' });
    if (events === undefined) return;
    if (this.#start === undefined) throw new TraceError(this.#info.file, number, text, TIME_EXPECTED);
    for (const event of events) noteEvent(this.#info, event);
    this.#held.push(...events);
  }

  #read(text: string, common: Common): readonly Event[] | undefined {
    try {
      return this.#reader.read(text, common);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new TraceError(this.#info.file, common.at, text, error.message);
    }
  }

  /** Ends one snapshot and may begin another. */
  #time(text: string, number: number, stamp: Stamp, rest: string, out: Event[]): void {
    const start = this.#start;
    if (start !== undefined && stamp.to < start.from) throw new TraceError(this.#info.file, number, text, 'a time that does not go back');
    if (this.#base === undefined) this.#info.base = this.#base = stamp.from;
    if (start !== undefined) for (const event of this.#held.splice(0)) out.push(within(event, this.#ns(start.from), this.#ns(stamp.to)));
    this.#start = stamp;
    this.#reader.begin(rest);
  }

  #ns(time: bigint): number {
    return Number(time - (this.#base ?? time));
  }
}

/** A chip's registers are told where the window begins, KVM's virtual GIC where it ends: there each interrupt is looked at by itself. */
function within(event: Event, t0: number, t1: number): Event {
  if (event.kind === 'vgic.state') return Object.assign(event, { ns: t1, within: t1 - t0 });
  setBracket(event, t0, t1);
  return event;
}

interface Dialect {
  readonly name: string;
  readonly recorder: string;
  /** A line that only this dialect has. */
  readonly telling: RegExp;
  readonly reader: () => SnapshotReader;
}

export function snapshotFormat({ name, recorder, telling, reader }: Dialect): Format {
  return {
    name,
    detect: (head) => telling.test(head.toString('latin1')),
    open(info: StreamInfo, stream: number): Decoder {
      info.recorder = recorder;
      info.clock = 'seconds';
      return new SnapshotDecoder(info, stream, reader());
    },
  };
}
