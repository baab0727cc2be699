// `irqreplay info`: what each file consists of. Nothing is replayed and the files need not belong together.

import type { Event } from '../event.js';
import type { StreamInfo } from '../import/format.js';
import { VmFacts } from '../import/vm-facts.js';
import { VmRoster } from '../import/vms.js';
import type { OpenStream } from '../import/open.js';
import { infoText, type StreamContents } from '../report/info.js';
import { printableJson } from '../report/text.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { Recording, summaryOf, type FileArguments } from './recording.js';

/** No machine has been up for so long, in ns: what counts from 1970 is a wall clock. */
const WALL = 1_000_000_000_000_000_000n;

/** A time of `clock`: ticks, seconds of an uptime, or the date of a wall clock, with as many digits as the recorder has. */
function timeText(time: bigint, clock: StreamInfo['clock']): string {
  if (clock === 'integer') return String(time);
  const ns = time < 0n ? -time : time;
  const digits = String(ns % 1_000_000_000n).padStart(9, '0').replace(/000$/, '');
  const seconds = ns / 1_000_000_000n;
  if (time < WALL) return `${time < 0n ? '-' : ''}${seconds}.${digits}`;
  return new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, `.${digits}Z`);
}

class Tally<Name extends string | number> {
  readonly #counts = new Map<Name, number>();

  add(name: Name): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  get record(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

/** What was read of a stream, as far as it could be. */
class Survey {
  begun = false;
  readonly #stream: OpenStream;
  readonly #kinds = new Tally<string>();
  readonly #cpus = new Tally<number>();
  readonly #vms = new Tally<string>();
  readonly #roster: VmRoster;
  #mixed = false;
  #first = NaN;
  #last = NaN;

  constructor(stream: OpenStream, roster: VmRoster) {
    this.#stream = stream;
    this.#roster = roster;
  }

  async read(): Promise<void> {
    this.begun = true;
    for await (const batch of this.#stream.batches()) {
      for (const event of batch) this.#take(event);
    }
  }

  #take(event: Event): void {
    const { kind, on, ns, vm } = event;
    this.#kinds.add(kind);
    if (on >= 0) this.#cpus.add(on);
    if (vm !== undefined) this.#vms.add(vm);
    this.#mixed ||= event.kind === 'meta.chan' && event.chan === 'vm' && event.cover === 'none';
    if (Number.isNaN(ns)) return;
    if (Number.isNaN(this.#first)) this.#first = ns;
    this.#last = ns;
  }

  get contents(): StreamContents {
    const { info } = this.#stream;
    const span = Number.isNaN(this.#last) ? 0 : this.#last - this.#first;
    const begin = Number.isNaN(this.#first) ? {} : { begin: timeText(info.base + BigInt(Math.round(this.#first)), info.clock) };
    return {
      stream: summaryOf(info),
      ...begin,
      span,
      recorded: Object.fromEntries(info.counts),
      unread: info.unread ?? [],
      kinds: this.#kinds.record,
      cpus: this.#cpus.record,
      vms: this.#vms.record,
      machines: this.#roster.facts.summaries(),
      mixedVms: this.#mixed,
    };
  }
}

export async function info({ files, format, progress, qemuEvents, vm }: FileArguments): Promise<number> {
  const bar = progressBar(progress);
  const vms = files.map(() => new VmRoster(new VmFacts()));
  const { streams } = await Recording.open(files, { qemuEvents, vm, vms, onBytes: bar.update });
  const surveys = vms.flatMap((roster, at) => streams.slice(at, at + 1).map((stream) => new Survey(stream, roster)));
  try {
    for (const survey of surveys) await survey.read();
  } finally {
    bar.clear();
    // a file that breaks off is the one to look at
    const contents = surveys.filter(({ begun }) => begun).map((survey) => survey.contents);
    const paint = painter();
    print(format === 'json' ? `${printableJson(JSON.stringify(contents, null, 1))}\n` : `${contents.map((each) => infoText(each, paint)).join('\n\n')}\n`);
  }
  return 0;
}
