// Reads any kernel trace text: cuts chunks into lines, takes each apart and hands the bodies of known events to the
// assembler. Lines of other events cost a look-up by bytes and a count.

import type { Event } from '../../event.js';
import { Admission } from '../kvm/admission.js';
import { KvmAssembler } from '../kvm/assembler.js';
import { eventNames } from '../kvm/bodies.js';
import { Body, NOTHING, type ReadBody } from '../kvm/body.js';
import { EventName, EventNames } from '../kvm/names.js';
import { Word, type Text } from '../kvm/text.js';
import { TraceError, noteLoss, type Decoder, type StreamInfo } from '../format.js';
import { LineCutter } from '../byte-lines.js';
import type { Times } from './deltas.js';
import { Gaps } from './gaps.js';
import { LineReader, type Separator } from './line.js';
import { isNameless, isSkipped, lossMark, lossOf, overwritten, recordMark, type LossMark } from './marks.js';
import { refusedBody, refusedLayout } from './refuse.js';

const HASH = 35;
const KVM = new Word(' kvm=');
const IRQ = new Word(' irq=');
/** That many lines in a row and no event among them: this is something else. */
const MAX_STRANGE = 20;
/** trace-cmd and perf print who wrote: `tracing_mark_write: TEXT`, or an address in its place. */
const PRINTED_FROM = /^\S+: /;

/** What only some recorders need. */
interface Ways {
  /** Kinds of which it drops some without a word. */
  readonly hidden?: readonly string[];
  /** What its times count from, told by the first bytes. */
  readonly timesOf?: (head: Buffer) => Times;
}

export class TraceReader implements Decoder {
  readonly #info: StreamInfo;
  readonly #kvm: KvmAssembler;
  readonly #line: LineReader;
  readonly #body = new Body();
  /** Where one of several VMs is chosen. */
  readonly #admission: Admission | undefined;
  readonly #names: EventNames;
  readonly #lines: LineCutter;
  /** Time of the first event line, not a number before it: doubles from the start, as differences in ns are. */
  #baseWhole = Number.NaN;
  #basePart = Number.NaN;
  #strange = 0;
  #prefix = '';
  readonly #hidden: readonly string[];
  readonly #timesOf: Ways['timesOf'];
  #begun = false;
  /** It is not known what the times count from. */
  #timeless = false;
  readonly #gaps = new Gaps();
  /** A marker's text, until the line that cannot belong to it. */
  #note: string[] = [];

  constructor(info: StreamInfo, stream: number, separator: Separator, { hidden = [], timesOf }: Ways = {}) {
    this.#info = info;
    this.#kvm = new KvmAssembler(stream);
    this.#admission = info.vms && new Admission(info, info.vms, this.#kvm);
    this.#lines = new LineCutter(info, (text, from, to) => this.#take(text, from, to));
    this.#line = new LineReader(separator);
    const names = [new EventName('tracing_mark_write', this.#marker(/^/)), new EventName('print', this.#marker(PRINTED_FROM))];
    this.#names = new EventNames([...eventNames(), ...names]);
    this.#hidden = hidden;
    this.#timesOf = timesOf;
  }

  /** Text that a user wrote into the trace, behind what `where` matches; what it becomes is settled by the next line. */
  #marker(where: RegExp): ReadBody {
    return (body) => {
      this.#note = [body.rest().replace(where, '')];
      return NOTHING;
    };
  }

  push(chunk: Buffer, out: Event[]): void {
    this.#kvm.begin(out);
    if (!this.#begun) this.#begin(chunk);
    this.#lines.push(chunk);
    this.#pause();
  }

  #begin(head: Buffer): void {
    this.#begun = true;
    const times = this.#timesOf?.(head);
    if (times?.back !== undefined) throw new TraceError(this.#info.file, times.back.line, times.back.text, 'a time that is not before that of the line before: run perf script without --deltatime');
    this.#timeless = times?.unsure === true;
    if (this.#hidden.length > 0) this.#declareHidden();
  }

  #declareHidden(): void {
    const { journal } = this.#kvm;
    journal.line = 1;
    journal.name = this.#info.recorder;
    this.#kvm.declarePartial(this.#hidden);
  }

  end(out: Event[]): void {
    this.#kvm.begin(out);
    const cut = this.#lines.end();
    if (cut !== undefined) this.#takeCut(cut);
    this.#endNote();
    this.#gaps.tell(this.#kvm);
    this.#admission?.tellLoss();
    this.#kvm.end();
    this.#names.count(this.#info);
  }

  #pause(): void {
    this.#kvm.pause();
    this.#info.lines = this.#lines.count;
    this.#names.count(this.#info);
  }

  /** A last line without its end may be cut in the middle of a number. */
  #takeCut(text: string): void {
    this.#info.lines = this.#lines.count;
    if (text.trim() === '' || text.startsWith('#') || isSkipped(text)) return;
    this.#unreadable(text, 'a line end');
  }

  #take(text: Text, from: number, to: number): void {
    if (from === to) return;
    const buf = text.bytes;
    if (buf[from] !== HASH && this.#line.read(text, from, to)) this.#event(text, to);
    else this.#other(buf.toString('utf8', from, to));
  }

  #event(text: Text, to: number): void {
    const line = this.#line;
    if (this.#note.length > 0) this.#endNote();
    this.#stamp();
    this.#gaps.tell(this.#kvm);
    const name = this.#names.find(text, line.name);
    if (name === undefined) {
      this.#nameless(text.bytes.toString('utf8', line.name, to));
      return;
    }
    this.#names.add(name);
    this.#strange = -1;
    if (!name.skipped) this.#read(text, to, name);
  }

  #stamp(): void {
    const line = this.#line;
    const { journal } = this.#kvm;
    if (Number.isNaN(this.#baseWhole)) this.#setBase();
    journal.ns = this.#timeless ? Number.NaN : (line.whole - this.#baseWhole) * 1e9 + (line.part - this.#basePart);
    journal.on = line.cpu;
    journal.tid = line.tid;
    journal.line = this.#lines.count;
  }

  #setBase(): void {
    const { whole, part, integer } = this.#line;
    this.#baseWhole = whole;
    this.#basePart = part;
    this.#info.clock = this.#timeless ? 'none' : integer ? 'integer' : 'seconds';
    this.#info.base = BigInt(whole) * 1_000_000_000n + BigInt(part);
  }

  #read(text: Text, to: number, name: EventName): void {
    this.#kvm.journal.name = name.text;
    if (this.#line.prefix !== this.#prefix) this.#changePrefix();
    if (this.#admission !== undefined && !this.#admits(this.#admission, text, to, name.text)) return;
    if (name.isVcpus) this.#kvm.machines.process(this.#line.tgid);
    const act = name.read(this.#body, text, this.#names.body, to);
    if (act === undefined) this.#misread(name.text, text.bytes.toString('utf8', this.#names.body, to));
    else act(this.#kvm);
  }

  #admits(admission: Admission, text: Text, to: number, name: string): boolean {
    const { tid, tgid, cpu, inInterrupt } = this.#line;
    const field = (word: Word): number => {
      this.#body.open(text, this.#names.body, to);
      return this.#body.field(word);
    };
    return admission.admits({ name, tid, tgid, on: cpu, kvm: field(KVM), irq: field(IRQ), inInterrupt });
  }

  #misread(name: string, found: string): void {
    const expected = refusedBody(found);
    if (expected !== undefined) throw new TraceError(this.#info.file, this.#lines.count, `${name}: ${found}`, expected);
    this.#unreadable(`${name}: ${found}`, `a body of ${name} as Linux prints it`);
  }

  /** Streams of other names in one report are other machines. The line behind trace-cmd's drop mark lacks its name. */
  #changePrefix(): void {
    const { prefix } = this.#line;
    if (prefix === '') return;
    if (this.#prefix !== '') this.#kvm.machines.mixed();
    this.#prefix = prefix;
  }

  #nameless(text: string): void {
    const mark = recordMark(text, this.#line.cpu);
    if (mark !== undefined) this.#lost(mark);
    else if (!isNameless(text)) this.#unreadable(text, 'the name of an event and a colon');
  }

  #other(text: string): void {
    const mark = lossMark(text) ?? overwritten(text);
    if (mark !== undefined) this.#lost(mark);
    else if (text.startsWith('#')) this.#header(text);
    else if (text.trim() !== '' && !isSkipped(text)) this.#strangeLine(text);
  }

  #header(text: string): void {
    if (text.startsWith('# tracer:')) this.#info.recorder = 'tracefs trace';
  }

  #strangeLine(text: string): void {
    if (this.#note.length > 0) {
      this.#note.push(text);
      return;
    }
    if (this.#strange >= 0) {
      const expected = refusedLayout(text)?.expected ?? (++this.#strange > MAX_STRANGE ? `lines of ${this.#info.recorder}` : undefined);
      if (expected !== undefined) throw new TraceError(this.#info.file, this.#lines.count, text, expected);
    }
    this.#unreadable(text, 'task, CPU, time and an event');
  }

  #unreadable(found: string, expected: string): void {
    const shown = found.length > 120 ? `${found.slice(0, 120)}…` : found;
    this.#lost({ cpu: undefined, n: 1, what: `found ${JSON.stringify(shown)}, expected ${expected}` });
  }

  #lost(mark: LossMark): void {
    this.#endNote();
    this.#admission?.lost();
    noteLoss(this.#info, lossOf(this.#lines.count, mark));
    this.#gaps.add(mark, this.#lines.count);
  }

  #endNote(): void {
    if (this.#note.length === 0) return;
    const text = this.#note.join('\n');
    this.#note = [];
    this.#kvm.note(text);
  }
}
