// Bytes to lines of bytes for what recorders print: a line that lies in one chunk is not copied. (The native forms take strings: lines.ts.)

import { Text } from './kvm/text.js';
import { TraceError, type StreamInfo } from './format.js';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** No recorder prints a line near this long. */
const MAX_LINE = 1 << 20;

export class LineCutter {
  /** Lines so far, the one at hand included. */
  count = 0;
  readonly #info: StreamInfo;
  readonly #take: (text: Text, from: number, to: number) => void;
  /** The start of a line whose end has not come yet. */
  #rest = Buffer.alloc(0);

  /** `take` gets the bytes of each line, without its end. */
  constructor(info: StreamInfo, take: (text: Text, from: number, to: number) => void) {
    this.#info = info;
    this.#take = take;
  }

  /** @throws TraceError for a line that does not end. */
  push(chunk: Buffer): void {
    const text = new Text(chunk);
    let start = 0;
    let end = chunk.indexOf(NEWLINE);
    if (this.#rest.length > 0 && end >= 0) {
      const line = new Text(Buffer.concat([this.#rest, chunk.subarray(0, end + 1)]));
      this.#rest = Buffer.alloc(0);
      this.#cut(line, 0, line.length - 1);
      start = end + 1;
      end = chunk.indexOf(NEWLINE, start);
    }
    for (; end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#cut(text, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  /** A last line without its end, which may be cut in the middle of a number. */
  end(): string | undefined {
    if (this.#rest.length === 0) return undefined;
    this.count++;
    return this.#rest.toString('utf8');
  }

  #cut(text: Text, from: number, newline: number): void {
    this.count++;
    this.#take(text, from, text.bytes[newline - 1] === CARRIAGE_RETURN && newline > from ? newline - 1 : newline);
  }

  #keep(rest: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, rest]);
    if (this.#rest.length > MAX_LINE) throw new TraceError(this.#info.file, this.count + 1, rest.toString('utf8', 0, 200), 'a line end');
  }
}
