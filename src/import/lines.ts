// Bytes to numbered lines for the native forms. A chunk may be reused by its owner: what is kept of it is copied.

import type { Event } from '../event.js';
import { TraceError, type Decoder, type StreamInfo } from './format.js';
import { noteEvent } from './source.js';

const NEWLINE = 10;
const LONGEST = 16 * 1024 * 1024;

type Take = (line: string, number: number) => void;

export class LineSplitter {
  #lines = 0;
  /** The start of a line whose end has not come yet. */
  #open: Buffer[] = [];
  #openBytes = 0;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Gives every whole line, without its line end, to `take`. */
  push(chunk: Buffer, take: Take): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#openBytes > 0) this.#close(chunk.subarray(start, end), take);
      else this.#give(chunk.toString('utf8', start, end), take);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** Gives the last line if no line end follows it. */
  end(take: Take): void {
    if (this.#openBytes > 0) this.#close(Buffer.alloc(0), take);
  }

  #keep(rest: Buffer): void {
    this.#open.push(Buffer.from(rest));
    this.#openBytes += rest.length;
    if (this.#openBytes > LONGEST) {
      throw new TraceError(this.#file, this.#lines + 1, rest.toString('utf8', 0, 40), `a line end within ${LONGEST} bytes`);
    }
  }

  #close(rest: Buffer, take: Take): void {
    const line = Buffer.concat([...this.#open, rest]).toString('utf8');
    this.#open = [];
    this.#openBytes = 0;
    this.#give(line, take);
  }

  #give(line: string, take: Take): void {
    this.#lines++;
    const text = this.#lines === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line;
    take(text.endsWith('\r') ? text.slice(0, -1) : text, this.#lines);
  }
}

/** The decoder of a form with one event per line; `read` gives undefined for a line without one. */
export function lineDecoder(info: StreamInfo, read: (line: string, number: number) => Event | undefined): Decoder {
  const splitter = new LineSplitter(info.file);
  const take = (out: Event[]) => (line: string, number: number): void => {
    info.lines = number;
    const event = read(line, number);
    if (event === undefined) return;
    noteEvent(info, event);
    out.push(event);
  };
  return {
    push: (chunk, out) => splitter.push(chunk, take(out)),
    end: (out) => splitter.end(take(out)),
  };
}
