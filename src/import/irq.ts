// Litmus text, the native form for people: written by hand, pasted into a mailing list, got from the minimiser.
// Lines as in irq-line.ts, `#` comments, blank lines; the first line may be `irq 1`, the version, with what irq-header.ts says.

import type { Event } from '../event.js';
import { TABLES } from './fields.js';
import type { Decoder, StreamInfo } from './format.js';
import { adoptHeader, type Header } from './header.js';
import { isHeader, readHeader } from './irq-header.js';
import { readLine, type Line } from './irq-line.js';
import { lineDecoder, LineSplitter } from './lines.js';
import type { Origin, OriginFormat } from './source.js';

const FIRST = /^\s*(?:(?:@-?\d+|on=\S+|tid=\S+|vm=(?:"(?:[^"\\]|\\.)*"|[^\s"]\S*))[ \t]+)*([a-z]+\.[\w.]+)([ \t]+(?:[!#]|\S+=)|[ \t]*$)?/;
const GROUPS = new Set([...TABLES.keys()].map((kind) => kind.split('.', 1)[0]));

const isSignificant = (line: string): boolean => /^\s*[^\s#]/.test(line);

class LitmusReader {
  #begun = false;
  readonly #file: string;
  readonly #stream: number;
  readonly #origin: Origin | undefined;
  readonly #onHeader: (header: Header) => void;

  constructor(file: string, stream: number, { origin, onHeader = () => {} }: { origin: Origin | undefined; onHeader?: (header: Header) => void }) {
    this.#file = file;
    this.#stream = stream;
    this.#origin = origin;
    this.#onHeader = onHeader;
  }

  read(text: string, line: number): Line | undefined {
    const place = { file: this.#file, line };
    if (this.#begun || !isSignificant(text)) return readLine(text, place, this.#stream, this.#origin);
    this.#begun = true;
    if (!isHeader(text)) return readLine(text, place, this.#stream, this.#origin);
    this.#onHeader(readHeader(text, place));
    return undefined;
  }
}

/** A misspelt kind of a known group counts too, if fields follow it: its error then names the kinds alike. */
function detect(head: Buffer): boolean {
  const line = head.toString('utf8').replace(/^\uFEFF/, '').split('\n').find(isSignificant) ?? '';
  if (isHeader(line)) return true;
  const [, kind, rest] = FIRST.exec(line) ?? [];
  if (kind === undefined) return false;
  return TABLES.has(kind) || (rest !== undefined && GROUPS.has(kind.split('.', 1)[0]));
}

export const irq: OriginFormat = {
  name: 'irq',
  detect,
  open(info: StreamInfo, stream: number, origin?: Origin): Decoder {
    info.recorder = 'litmus text';
    info.clock = 'none';
    const reader = new LitmusReader(info.file, stream, { origin, onHeader: (header) => adoptHeader(info, header, origin) });
    return lineDecoder(info, (text, number) => {
      const event = reader.read(text, number)?.event;
      if (info.clock === 'none' && event !== undefined && !Number.isNaN(event.ns)) info.clock = 'ns';
      return event;
    });
  },
};

/** A block of litmus text with its marks, as rule pages hold them. */
interface Litmus {
  readonly events: readonly Event[];
  /** Index of an event that must be flagged, to the rule ids; none means the page's own rule. */
  readonly marks: ReadonlyMap<number, readonly string[]>;
  /** Name of each stream: the text itself, then the files its `src` texts name. */
  readonly files: readonly string[];
}

export function parseIrq(text: string, file: string): Litmus {
  const files = [file];
  const origin: Origin = (name) => (files.includes(name) ? files.indexOf(name) : files.push(name) - 1);
  const reader = new LitmusReader(file, 0, { origin });
  const events: Event[] = [];
  const marks = new Map<number, readonly string[]>();
  const splitter = new LineSplitter(file);
  const take = (each: string, number: number): void => {
    const line = reader.read(each, number);
    if (line === undefined) return;
    if (line.marks !== undefined) marks.set(events.length, line.marks);
    events.push(line.event);
  };
  splitter.push(Buffer.from(text), take);
  splitter.end(take);
  return { events, marks, files };
}
