// A recording of one or more files, opened: its events in one order, and what its streams tell of themselves.

import type { Event } from '../event.js';
import type { StreamSummary } from '../finding.js';
import { fileOf, statOf } from '../import/folder.js';
import type { StreamInfo } from '../import/format.js';
import type { Header } from '../import/header.js';
import { formatsFor, type FormatOptions, type NamedText } from '../import/index.js';
import { openRecording, type OpenOptions, type OpenStream } from '../import/open.js';
import { VmFacts } from '../import/vm-facts.js';
import { VmRoster, type Vms } from '../import/vms.js';
import { mergeStreams } from '../order/merge.js';
import type { ClockOffset } from '../order/input.js';
import { findOffsets, givenOffsets, offsetsOf } from './find-offsets.js';
import type { OffsetOption } from './offset.js';
import { Origins } from './origins.js';
import { identityOf } from './output.js';
import { UsageError } from './usage.js';
import { choicesOf } from './vm.js';

/** Told the bytes read so far and their total, undefined for a pipe. */
type OnBytes = NonNullable<OpenOptions['onBytes']>;

/** What every command that reads files is given. */
export interface FileArguments {
  readonly files: readonly string[];
  readonly format: 'pretty' | 'json';
  readonly progress: boolean;
  readonly qemuEvents: NamedText | undefined;
  /** The one of several virtual machines, see RecordingOptions. */
  readonly vm: string | undefined;
}

/** What commands that merge files are given besides. */
export interface StreamsArguments extends FileArguments {
  readonly offset: readonly OffsetOption[];
}

/** How the files of a command are to be read: to be passed on whole, so that no command leaves out a part of it. */
export const readingOf = ({ qemuEvents, offset, vm }: Pick<StreamsArguments, 'qemuEvents' | 'offset' | 'vm'>): RecordingOptions => ({ qemuEvents, offset, vm });

export interface RecordingOptions extends FormatOptions {
  readonly onBytes?: OnBytes | undefined;
  /** Files whose clocks are not that of the others. */
  readonly offset?: readonly OffsetOption[] | undefined;
  /** The one of several virtual machines: KVM's pointer, its process or threads. */
  readonly vm?: string | undefined;
  /** By file, what is asked whose a record is. */
  readonly vms?: readonly (Vms | undefined)[];
}

/** Unknown if one of them is. */
const add = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a + b);

/** Adds up what is read of several files. */
function summed(files: number, onBytes: OnBytes): (file: number) => OnBytes {
  const reads = Array.from({ length: files }, () => 0);
  const totals = Array.from<unknown, number | undefined>({ length: files }, () => 0);
  return (file) => (read, total) => {
    reads[file] = read;
    totals[file] = total;
    onBytes(reads.reduce((a, b) => a + b, 0), totals.reduce(add, 0));
  };
}

export class Recording {
  readonly streams: readonly OpenStream[];
  readonly #origins: Origins;
  readonly #offsets: ReadonlyMap<number, ClockOffset>;
  /** Absolute time from which the merged events count; undefined before they have begun. */
  #base: bigint | undefined;

  private constructor({ streams, origins }: OpenStreams, offsets: ReadonlyMap<number, ClockOffset>) {
    this.streams = streams;
    this.#origins = origins;
    this.#offsets = offsets;
    if (offsets.size > 0) origins.uncertainties.push(...streams.map((_, at) => offsets.get(at)?.uncertainty ?? 0));
  }

  static async open(paths: readonly string[], options: RecordingOptions = {}): Promise<Recording> {
    const wanted = offsetsOf(options.offset ?? [], paths);
    const isSearched = [...wanted.values()].includes('auto');
    if (isSearched) requireFiles(paths, '--offset FILE=auto needs files');
    const opened = await openChosen(paths, options);
    if (!isSearched) return new Recording(opened, givenOffsets(wanted));
    const found = await findOffsets(wanted, opened.streams);
    return new Recording(await openChosen(paths, options), found);
  }

  events(): AsyncGenerator<Event[], void, undefined> {
    return mergeStreams(
      this.streams.map((stream, at) => ({ ...stream, offset: this.#offsets.get(at), nameOf: (number: number) => this.files[number] })),
      (base) => (this.#base = base),
    );
  }

  /** By how many ns each clock may be off that of the others, by the number that events carry; none if they have one. Grows while events are read. */
  get uncertainties(): readonly number[] {
    return this.#origins.uncertainties;
  }

  /** Names of the streams by their number, as far as they are known. */
  get files(): string[] {
    return [...this.streams.map(({ info }) => info.file), ...this.#origins.recorders.keys()];
  }

  /** What a native form says in front of the events; known once the first of them are. */
  header(): Header {
    const clocks = new Set(this.streams.map(({ info }) => info.clock).filter((clock) => clock !== 'none'));
    const [clock = 'none', ...others] = clocks;
    // a stream that only names others is none of its own: converted again, a recording stays as it is
    const own = this.streams.filter((_, at) => !this.#origins.namers.has(at)).map(({ info: { file, recorder } }) => ({ file, recorder }));
    const named = [...this.#origins.recorders].map(([file, recorder]) => ({ file, recorder }));
    return { base: this.#base ?? this.streams[0]?.info.base ?? 0n, clock: others.length > 0 ? 'ns' : clock, streams: [...own, ...named] };
  }

  summaries(): StreamSummary[] {
    return [...this.streams.map(({ info }, at) => summaryOf(info, this.#offsets.get(at))), ...[...this.#origins.recorders].map(namedOnly)];
  }
}

interface OpenStreams {
  readonly streams: readonly OpenStream[];
  readonly origins: Origins;
}

async function openStreams(paths: readonly string[], { onBytes = () => {}, vms = [], ...given }: RecordingOptions): Promise<OpenStreams> {
  if (paths.length === 0) throw new UsageError('no recording given: name a file, or - for standard input');
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) can be read once only');
  refuseTwice(paths);
  const origins = new Origins(paths.length);
  const progress = summed(paths.length, onBytes);
  const formats = formatsFor(given);
  const streams: OpenStream[] = [];
  for (const [at, path] of paths.entries()) {
    streams.push(await openRecording(path, formats, at, { onBytes: progress(at), origin: (file, recorder) => origins.numberOf(at, file, recorder), vms: vms[at] }));
  }
  return { streams, origins };
}

/** One file under two names, a link or another way to it, is no second stream of the run. */
function refuseTwice(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const found = identityOf(fileOf(path));
    if (found === undefined) continue;
    const before = seen.get(found);
    if (before !== undefined) throw new UsageError(`${path}: the same file as ${before}, expected each stream of the run once`);
    seen.set(found, path);
  }
}

/** Opened once to learn whose each thread is, and again for the one that was chosen. */
async function openChosen(paths: readonly string[], options: RecordingOptions): Promise<OpenStreams> {
  if (options.vm === undefined) return openStreams(paths, options);
  requireFiles(paths, '--vm needs files');
  const facts = new VmFacts();
  const rosters = paths.map(() => new VmRoster(facts));
  const { streams } = await openStreams(paths, { ...options, vms: rosters });
  for (const stream of streams) for await (const batch of stream.batches()) void batch;
  return openStreams(paths, { ...options, vms: choicesOf(options.vm, facts, rosters) });
}

/** Can a path be opened again from its start: a file, or a folder of raw pages? One that is not there is told of when it is opened. */
function isLasting(path: string): boolean {
  if (path === '-') return false;
  const found = statOf(path);
  return found === undefined || found.isFile() || found.isDirectory();
}

/** Refuses what cannot be read twice; `what` needs it. */
export function requireFiles(paths: readonly string[], what: string): void {
  const pipe = paths.find((path) => !isLasting(path));
  if (pipe !== undefined) throw new UsageError(`${what} that can be read twice, which ${pipe} is not`);
}

/** Not read itself: another file's events say that they come from it. */
const namedOnly = ([file, recorder]: readonly [string, string]): StreamSummary => ({
  file,
  format: 'src',
  recorder: recorder === '' ? 'unknown' : recorder,
  clock: 'none',
  base: '0',
  lines: 0,
  losses: [],
  lossMarks: 0,
  lostEvents: 0,
});

export function summaryOf(info: StreamInfo, offset?: ClockOffset): StreamSummary {
  const { file, format, recorder, clock, base, lines, losses, lossMarks, lostEvents } = info;
  const shift = offset === undefined ? {} : { offset: { ns: String(offset.ns), uncertainty: offset.uncertainty } };
  const about = [info.about, info.vms?.only].filter((each) => each !== undefined).join('; ');
  return { file, format, recorder, ...(about === '' ? {} : { about }), clock, base: String(base), lines, losses, lossMarks, lostEvents, ...shift };
}
