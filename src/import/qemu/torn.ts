// Lines that several writers of one file tore, or of which bytes are missing: a line in the middle of another, two in one, a start or a
// rest alone. QEMU prints `name ` and the body in one go (scripts/tracetool/backend/log.py): an event's name stands nowhere else. What a torn
// line hid is lost, and so is what comes before three whole lines in a row: a line cut short by the end of another may look whole.

import { NOTHING, type Act } from '../kvm/body.js';
import type { EventName } from '../kvm/names.js';
import type { Text } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { QEMU_BODIES } from './bodies.js';
import { Joints } from './joints.js';
import type { LogLine } from './line.js';
import { LogThreads } from './log-threads.js';
import type { QemuRecords } from './records.js';

const SPACE = 32;
const DOT = 46;
const AT = 64;
const UNDERSCORE = 95;
/** So many whole lines in a row are trusted again. */
const TRUSTED = 3;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;
const nameByte = (byte: number | undefined): boolean => isDigit(byte) || byte === UNDERSCORE || (byte !== undefined && byte >= 97 && byte <= 122);

/** `1795223579.` */
function stampFollows(bytes: Buffer, at: number): boolean {
  let p = at;
  while (isDigit(bytes[p])) p++;
  return p > at && bytes[p] === DOT;
}

/** A whole line that waits for those behind it. */
class Held {
  act: Act<QemuAssembler> = NOTHING;
  name = '';
  ns = Number.NaN;
  tid = -1;
  place = 0;
}

type Name = EventName<QemuAssembler>;

interface Damage {
  readonly found: string;
  readonly expected: string;
  readonly place: number;
  /** Events lost, as far as lines tell. */
  events: number;
}

export class TornLines {
  readonly #records: QemuRecords;
  readonly #joints = new Joints();
  readonly #threads = new LogThreads();
  #damage: Damage | undefined;
  /** A ring; the whole lines in a row that came last, `#whole` of them, end in front of `#next`. */
  readonly #held = Array.from({ length: TRUSTED }, () => new Held());
  #next = 0;
  #whole = 0;

  constructor(records: QemuRecords) {
    this.#records = records;
  }

  /** A line with a stamp, or with nothing in front of its event's name, up to `to`. A word without an underscore is no name: some other output. */
  take(line: LogLine, text: Text, to: number, place: number): void {
    const { names, assembler } = this.#records;
    const name = names.find(text, line.name);
    const { body } = names;
    if (!line.timed && (name === undefined || !name.text.includes('_'))) this.other(text, line.name, to, place);
    else if (line.timed && !this.#threads.follows(line.tid, assembler.journal.ns)) {
      this.damaged(text.bytes.toString('utf8', line.name, to), 'the stamp of a thread, no earlier than those in front of it', place);
    } else if (name === undefined || (name.skipped && this.#torn(name, line, text, body, to))) {
      this.damaged(text.bytes.toString('utf8', line.name, to), 'one event with its stamp in a line', place);
    } else this.#read(name, line, text, to, place);
  }

  /** A line that is not an event's: other output of QEMU, or the rest of a line. An empty one is the rest of one, as no one else prints it. */
  other(text: Text, from: number, to: number, place: number): void {
    if (from === to || this.#holdsEvent(text, from, to) || this.#joints.isPiece(text.bytes, from, to)) {
      this.damaged(text.bytes.toString('utf8', from, to), 'an event from its start on', place);
    }
  }

  /** A line hides an event, and where the rest of it went is not known. */
  damaged(found: string, expected: string, place: number): void {
    if (this.#damage === undefined) this.#damage = { found, expected, place, events: this.#whole };
    this.#damage.events++;
    this.#whole = 0;
  }

  /** No line follows that is of the same QEMU. */
  end(): void {
    if (this.#damage !== undefined) this.#lose(this.#damage);
    for (; this.#whole > 0; this.#whole--) this.#act((this.#next - this.#whole + TRUSTED) % TRUSTED);
  }

  /** A line of an event, whole as far as its name tells. */
  #read(name: Name, line: LogLine, text: Text, to: number, place: number): void {
    const { names } = this.#records;
    const { body } = names;
    const act = this.#records.read(name, text, body, to);
    if (act === undefined || (name.partly && this.#torn(name, line, text, body, to))) {
      this.damaged(text.bytes.toString('utf8', line.name, to), `a body of ${name.text} as QEMU prints it`, place);
      return;
    }
    if (name.count === 1 && !name.skipped && !name.partly) this.#joints.learn(text.bytes, line.name, body, to);
    if (this.#damage === undefined) this.#hold(act, name.text, line.tid, place);
    else this.#passOver(this.#damage, name.skipped);
  }

  /** Has as many whole lines behind it as are enough: what it says happens. */
  #act(at: number): void {
    const held = this.#held[at];
    if (held === undefined) return;
    const { journal } = this.#records.assembler;
    journal.ns = held.ns;
    journal.tid = held.tid;
    this.#records.act(held.act, held.name, held.place);
  }

  #hold(act: Act<QemuAssembler>, name: string, tid: number, place: number): void {
    const held = this.#held[this.#next];
    if (held === undefined) return;
    const { journal } = this.#records.assembler;
    const { ns } = journal;
    if (this.#whole === TRUSTED) this.#act(this.#next);
    else this.#whole++;
    held.act = act;
    held.name = name;
    held.ns = ns;
    held.tid = tid;
    held.place = place;
    this.#next = (this.#next + 1) % TRUSTED;
  }

  #passOver(damage: Damage, unread: boolean): void {
    if (!unread) damage.events++;
    if (++this.#whole === TRUSTED) this.#lose(damage);
  }

  #lose({ found, expected, place, events }: Damage): void {
    this.#damage = undefined;
    this.#whole = 0;
    this.#records.unreadable(found, expected, place, events);
  }

  /** A line of an event that is not read to its end; even one without arguments has a blank behind its name. */
  #torn(name: Name, line: LogLine, text: Text, body: number, to: number): boolean {
    const { bytes } = text;
    if (body > to || bytes[body - 1] !== SPACE) return line.timed || this.#joints.isPiece(bytes, line.name, to);
    if (this.#joints.isKnown(name, bytes, line.name, body, to)) return false;
    return this.#holdsEvent(text, body, to) || this.#joints.joins(name, bytes, line.name, body, to);
  }

  /** Does a stamp, or the name of an event that is read, stand between `from` and `to`, whatever stands in front of it; or a zero, of a block that was never written? */
  #holdsEvent({ bytes }: Text, from: number, to: number): boolean {
    for (let p = from; p < to; p++) {
      if (bytes[p] === 0) return true;
      if (bytes[p] === AT && stampFollows(bytes, p + 1)) return true;
      if (bytes[p] !== UNDERSCORE) continue;
      let start = p;
      while (start > from && nameByte(bytes[start - 1])) start--;
      while (nameByte(bytes[p])) p++;
      if (p < to && bytes[p] === SPACE && endsInName(bytes.toString('latin1', start, p))) return true;
    }
    return false;
  }
}

const NAMES = new Set(Object.keys(QEMU_BODIES));

function endsInName(word: string): boolean {
  for (let at = 0; at < word.length; at++) if (NAMES.has(word.slice(at))) return true;
  return false;
}
