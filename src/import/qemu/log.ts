// QEMU's `log` trace back end: lines on standard error or in the file of `-D`, other output of QEMU among them.
// Several threads write it, but never back in time: the order of the file is the order of events.

import type { Event } from '../../event.js';
import { TraceError, type Decoder, type Format, type StreamInfo } from '../format.js';
import { Text } from '../kvm/text.js';
import { QEMU_BODIES } from './bodies.js';
import { LogLine } from './line.js';
import { QemuRecords } from './records.js';

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const MAX_LINE = 1 << 20;
/** Lines looked at to tell the format. */
const MAX_LINES = 200;
const STAMPED = /^(?:\d+@\d+\.\d{6}:|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z )[a-z][a-z0-9_]* /;

export const qemuLog: Format = {
  name: 'qemu-log',
  detect: (head) => {
    const lines = head.toString('latin1').split('\n', MAX_LINES);
    return lines.some((line) => STAMPED.test(line) || Object.hasOwn(QEMU_BODIES, line.slice(0, Math.max(0, line.indexOf(' ')))));
  },
  open: (info, stream) => {
    info.recorder = 'QEMU log';
    return new LogReader(info, stream);
  },
};

class LogReader implements Decoder {
  readonly #info: StreamInfo;
  readonly #records: QemuRecords;
  readonly #line = new LogLine();
  /** The start of a line whose end has not come yet. */
  #rest = Buffer.alloc(0);
  #lines = 0;
  /** A stamp has been seen: a line without one is other output. */
  #timed = false;

  constructor(info: StreamInfo, stream: number) {
    this.#info = info;
    this.#records = new QemuRecords(info, stream);
  }

  push(chunk: Buffer, out: Event[]): void {
    this.#records.begin(out);
    const text = new Text(chunk);
    let start = 0;
    let end = chunk.indexOf(NEWLINE);
    if (this.#rest.length > 0 && end >= 0) {
      const line = new Text(Buffer.concat([this.#rest, chunk.subarray(0, end + 1)]));
      this.#rest = Buffer.alloc(0);
      this.#take(line, 0, line.length - 1);
      start = end + 1;
      end = chunk.indexOf(NEWLINE, start);
    }
    for (; end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#take(text, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    this.#records.pause(this.#lines);
  }

  /** A last line without its end may be cut in the middle of a number. */
  end(out: Event[]): void {
    this.#records.begin(out);
    if (this.#rest.length > 0) this.#records.unreadable(this.#rest.toString('utf8'), 'a line end', ++this.#lines);
    this.#records.end(this.#lines);
  }

  #keep(rest: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, rest]);
    if (this.#rest.length > MAX_LINE) throw new TraceError(this.#info.file, this.#lines + 1, rest.toString('utf8', 0, 200), 'a line end');
  }

  #take(text: Text, from: number, newline: number): void {
    this.#lines++;
    const to = text.bytes[newline - 1] === CARRIAGE_RETURN && newline > from ? newline - 1 : newline;
    const line = this.#line;
    if (from === to || !line.read(text, from, to)) return;
    if (line.timed) this.#stamp();
    else if (this.#timed) return;
    this.#records.assembler.journal.tid = line.tid;
    this.#records.take(text, line.name, to, this.#lines);
  }

  #stamp(): void {
    if (!this.#timed) this.#info.clock = 'seconds';
    this.#timed = true;
    this.#records.stamp(this.#line.whole, this.#line.part);
  }
}
