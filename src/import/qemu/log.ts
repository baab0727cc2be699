// QEMU's `log` trace back end: lines on standard error or in the file of `-D`, other output of QEMU among them.
// Several threads write it, but never back in time: the order of the file is the order of events.

import type { Event } from '../../event.js';
import type { Decoder, Format, StreamInfo } from '../format.js';
import type { Text } from '../kvm/text.js';
import { LineCutter } from '../byte-lines.js';
import { QEMU_BODIES } from './bodies.js';
import { LogLine } from './line.js';
import { QemuRecords } from './records.js';
import { TornLines } from './torn.js';

/** Lines looked at to tell the format. */
const MAX_LINES = 200;
const STAMPED = /^(?:\d+@\d+\.\d{6}:|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z )[a-z][a-z0-9_]* /;
/** An event that this importer does not read, in a log without stamps; a line with a CPU in brackets is another recorder's. */
const UNREAD = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+ (?!.*\[\d{3}\])/;
/** libvirt's, in /var/log/libvirt/qemu, where the standard error of one QEMU follows that of the one before (src/qemu/qemu_process.c qemuLogOperation). */
const STARTED = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: starting up\b/;
const STARTED_BYTES = 64;

export const qemuLog: Format = {
  name: 'qemu-log',
  detect: (head) => {
    const lines = head.toString('latin1').split('\n', MAX_LINES);
    if (lines.some((line) => STAMPED.test(line) || Object.hasOwn(QEMU_BODIES, line.slice(0, Math.max(0, line.indexOf(' ')))))) return true;
    const whole = lines.slice(0, -1);
    return whole.length > 0 && whole.every((line) => UNREAD.test(line));
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
  readonly #lines: LineCutter;
  readonly #torn: TornLines;
  /** A stamp has been seen: a line without one is other output. */
  #timed = false;

  constructor(info: StreamInfo, stream: number) {
    this.#info = info;
    this.#records = new QemuRecords(info, stream);
    this.#torn = new TornLines(this.#records);
    this.#lines = new LineCutter(info, (text, from, to) => this.#take(text, from, to));
  }

  push(chunk: Buffer, out: Event[]): void {
    this.#records.begin(out);
    this.#lines.push(chunk);
    this.#records.pause(this.#lines.count);
  }

  end(out: Event[]): void {
    this.#records.begin(out);
    const cut = this.#lines.end();
    if (cut !== undefined) this.#torn.damaged(cut, 'a line end', this.#lines.count);
    this.#torn.end();
    this.#records.end(this.#lines.count);
  }

  #take(text: Text, from: number, to: number): void {
    const line = this.#line;
    if (from === to || !line.read(text, from, to) || (this.#timed && !line.timed)) this.#other(text, from, to);
    else {
      if (line.timed) this.#stamp();
      this.#torn.take(line, text, to, this.#lines.count);
    }
  }

  #other(text: Text, from: number, to: number): void {
    const { count } = this.#lines;
    if (STARTED.test(text.bytes.toString('latin1', from, Math.min(to, from + STARTED_BYTES)))) {
      this.#torn.end();
      this.#records.restarted('starting up', count);
    } else this.#torn.other(text, from, to, count);
  }

  #stamp(): void {
    if (!this.#timed) this.#info.clock = 'seconds';
    this.#timed = true;
    this.#records.stamp(this.#line.whole, this.#line.part);
  }
}
