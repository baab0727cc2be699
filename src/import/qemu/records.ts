// One event of QEMU's, as text behind its stamp: found by name, counted, read and handed to the assembler. Both back ends end here.

import type { Event } from '../../event.js';
import { noteLoss, type StreamInfo } from '../format.js';
import { Body, NOTHING, type Act } from '../kvm/body.js';
import { EventNames, type EventName } from '../kvm/names.js';
import { Text } from '../kvm/text.js';
import { QemuAssembler } from './assembler.js';
import { qemuNames } from './bodies.js';

export class QemuRecords {
  #assembler: QemuAssembler;
  readonly #info: StreamInfo;
  readonly #stream: number;
  #out: Event[] = [];
  readonly names = new EventNames(qemuNames(), ' ');
  readonly #body = new Body();
  /** Time of the first stamp, not a number before it. */
  #baseWhole = Number.NaN;
  #basePart = 0;

  constructor(info: StreamInfo, stream: number) {
    this.#info = info;
    this.#stream = stream;
    this.#assembler = this.#machine();
  }

  get assembler(): QemuAssembler {
    return this.#assembler;
  }

  #machine(): QemuAssembler {
    const machine = new QemuAssembler(this.#stream);
    // Without stamps only the order is known.
    machine.journal.ns = Number.NaN;
    return machine;
  }

  begin(out: Event[]): void {
    this.#out = out;
    this.assembler.begin(out);
  }

  /** What follows is of another QEMU, as `name` says: it has nothing of the machine before. */
  restarted(name: string, place: number): void {
    const { ns } = this.assembler.journal;
    this.assembler.end();
    this.#assembler = this.#machine();
    this.assembler.begin(this.#out);
    const { journal } = this.assembler;
    journal.ns = ns;
    journal.line = place;
    journal.name = name;
    this.assembler.lost(undefined);
  }

  /** A batch ends; `place` is the line or byte offset reached. */
  pause(place: number): void {
    this.assembler.pause();
    this.#info.lines = place;
    this.names.count(this.#info);
  }

  end(place: number): void {
    this.assembler.end();
    this.pause(place);
  }

  /** `part`: ns within the second. */
  stamp(whole: number, part: number): void {
    if (Number.isNaN(this.#baseWhole)) {
      this.#baseWhole = whole;
      this.#basePart = part;
      this.#info.base = BigInt(whole) * 1_000_000_000n + BigInt(part);
    }
    this.assembler.journal.ns = (whole - this.#baseWhole) * 1e9 + (part - this.#basePart);
  }

  /** Takes the event that a text of its own holds, up to `to`. `place` is its byte offset. */
  take(text: Text, to: number, place: number): void {
    const name = this.names.find(text, 0);
    if (name === undefined) return;
    const act = this.read(name, text, this.names.body, to);
    if (act === undefined) this.unreadable(text.bytes.toString('utf8', 0, to), `a body of ${name.text} as QEMU prints it`, place);
    else this.act(act, name.text, place);
  }

  /** Counts an event and reads its body from `at` to `to`; undefined if that is none of this event's. */
  read(name: EventName<QemuAssembler>, text: Text, at: number, to: number): Act<QemuAssembler> | undefined {
    this.names.add(name);
    return name.skipped ? NOTHING : name.read(this.#body, text, at, to);
  }

  /** What a body meant happens now, at the journal's time. */
  act(act: Act<QemuAssembler>, name: string, place: number): void {
    const { journal } = this.assembler;
    journal.count++;
    journal.line = place;
    journal.name = name;
    act(this.assembler);
  }

  /** Counts an event of which only the name is known. */
  skip(name: string): void {
    const text = new Text(Buffer.from(`${name} \n`, 'latin1'));
    const found = this.names.find(text, 0);
    if (found !== undefined) this.names.add(found);
  }

  /** A record that is damaged hides one event, or those around it, too. */
  unreadable(found: string, expected: string, place: number, events = 1): void {
    const shown = found.length > 120 ? `${found.slice(0, 120)}…` : found;
    this.lost(events, `found ${JSON.stringify(shown)}, expected ${expected}`, place);
  }

  lost(n: number | undefined, what: string, place: number): void {
    noteLoss(this.#info, n === undefined ? { line: place, what } : { line: place, n, what });
    const { journal } = this.assembler;
    journal.line = place;
    journal.tid = -1;
    journal.name = what;
    this.assembler.lost(n);
  }
}
