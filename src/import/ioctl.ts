// The ioctl log: JSON lines, one per call, written by the program that makes the calls. Lossless: what it does not show was not done.

import type { Event } from '../event.js';
import type { Kind } from '../kinds.js';
import { noteLoss, type Decoder, type Format, type StreamInfo } from './format.js';
import { Calls } from './ioctl/calls.js';
import { parseFields, Row } from './ioctl/row.js';
import { Stamp } from './ioctl/stamp.js';
import { stateReads } from './ioctl/state.js';
import { Window } from './ioctl/window.js';
import { LineSplitter } from './lines.js';
import { stamped } from './stamp.js';

/** Kinds of which the log holds every event. */
const COMPLETE: readonly Kind[] = [
  'kvm.routes',
  'kvm.irqfd.assign',
  'kvm.irqfd.deassign',
  'fd.open',
  'fd.dup',
  'fd.close',
  'efd.signal',
  'efd.read',
  'msix.write',
];
/**
 * Kinds of which it holds only what the program did itself. KVM sets lines and sends messages of its own for irqfds; a device that is not
 * masked signals its eventfd at once, and only what it holds back is logged as its wish to send; local APICs are switched on by the guest.
 */
const INCOMPLETE: readonly Kind[] = ['kvm.set_irq', 'kvm.msi', 'msix.fire', 'apic.svr'];
/** ns that reading every chip takes at most, where no next row tells. */
const STATE_TAKES = 10_000_000;
const EXPECTED = 'a JSON object with "op", "t0" and the fields of its call';

class IoctlDecoder implements Decoder {
  readonly #info: StreamInfo;
  readonly #stream: number;
  readonly #splitter: LineSplitter;
  readonly #window = new Window();
  /** Ops that say nothing about interrupts. */
  readonly #unread = new Set<string>();
  readonly #tids = new Set<number>();
  #declared = false;
  /** A state whose end the next row tells. */
  #latestState: Row | undefined;
  #stamp: Stamp | undefined;
  #calls: Calls | undefined;
  /** End of the latest call: where an unreadable row stands. */
  #latest = 0;

  constructor(info: StreamInfo, stream: number) {
    info.recorder = 'ioctl log';
    info.clock = 'ns';
    this.#info = info;
    this.#stream = stream;
    this.#splitter = new LineSplitter(info.file);
  }

  push(chunk: Buffer, out: Event[]): void {
    this.#splitter.push(chunk, (text, number) => this.#line(text, number, out));
  }

  end(out: Event[]): void {
    this.#splitter.end((text, number) => this.#line(text, number, out));
    this.#endState(undefined, out);
    this.#info.unread = [...this.#unread];
    this.#window.end(out);
  }

  #line(text: string, number: number, out: Event[]): void {
    this.#info.lines = number;
    if (text.trim() === '') return;
    const fields = parseFields(text);
    const op = fields?.['op'];
    if (fields === undefined || typeof op !== 'string') return this.#lose(text, EXPECTED, number, out);
    this.#info.counts.set(op, (this.#info.counts.get(op) ?? 0) + 1);
    const row = new Row(fields, op, number);
    this.#endState(row, out);
    const calls = this.#calls ?? (row.missing === undefined ? this.#begin(row) : undefined);
    if (calls !== undefined && op === 'state') return this.#state(row);
    if (calls !== undefined && !this.#declared) this.#declare(row, out);
    const events = calls?.of(row);
    if (calls !== undefined && events === undefined) this.#unread.add(op);
    // A row without a time, of an op that says nothing about interrupts, is no loss.
    if (calls === undefined || events === undefined) return;
    if (row.missing !== undefined) return this.#lose(text, `${op} with ${row.missing}`, number, out);
    this.#latest = Math.max(this.#latest, row.t1);
    for (const event of events) this.#window.add(event, out);
  }

  #begin(row: Row): Calls {
    this.#info.base = BigInt(row.t0);
    this.#stamp = new Stamp(this.#stream, row.t0);
    return (this.#calls = new Calls(this.#stamp));
  }

  /** A log of calls has all of them; states alone are none. */
  #declare(row: Row, out: Event[]): void {
    const common = this.#stamp?.at(row, row.t0);
    this.#declared = true;
    if (common === undefined) return;
    for (const chan of COMPLETE) out.push(stamped(common, { kind: 'meta.chan', chan, cover: 'full' }));
    for (const chan of INCOMPLETE) out.push(stamped(common, { kind: 'meta.chan', chan, cover: 'partial' }));
  }

  /** It was taken between its time and that of the next row, if one thread made both; with several threads a call may lie within. */
  #state(row: Row): void {
    if (row.missing === undefined) this.#latestState = row;
  }

  #endState(next: Row | undefined, out: Event[]): void {
    const state = this.#latestState;
    this.#latestState = undefined;
    if (next !== undefined && next.tid >= 0) this.#tids.add(next.tid);
    if (state === undefined || this.#stamp === undefined || this.#tids.size > 1) return;
    const longest = state.t0 + STATE_TAKES;
    const end = this.#tids.size === 1 && next !== undefined && next.missing === undefined ? Math.min(longest, next.t0) : longest;
    const [only = -1] = this.#tids;
    for (const event of stateReads(state, this.#stamp, only)) {
      this.#stamp.between(event, state.t0, end);
      this.#window.add(event, out);
    }
  }

  #lose(found: string, expected: string, line: number, out: Event[]): void {
    noteLoss(this.#info, { line, n: 1, what: `found ${JSON.stringify(found.slice(0, 120))}, expected ${expected}` });
    const common = this.#stamp?.at({ line, op: 'unreadable row', tid: -1 }, this.#latest);
    if (common !== undefined) this.#window.add(stamped(common, { kind: 'meta.lost', cpu: undefined, n: 1 }), out);
  }
}

export const ioctlLog: Format = {
  name: 'ioctl',
  detect(head) {
    const first = parseFields(head.toString('utf8').trimStart().split('\n', 1)[0] ?? '');
    return typeof first?.['op'] === 'string' && first['t0'] !== undefined;
  },
  open: (info, stream) => new IoctlDecoder(info, stream),
};
