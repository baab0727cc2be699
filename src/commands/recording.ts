// A recording of one or more files, opened: its events in one order, and what its streams tell of themselves.

import type { Event } from '../event.js';
import type { StreamSummary } from '../finding.js';
import type { StreamInfo } from '../import/format.js';
import { formatsFor, type FormatOptions } from '../import/index.js';
import { openRecording, type OpenOptions, type OpenStream } from '../import/open.js';
import { mergeStreams } from '../order/merge.js';
import { UsageError } from './usage.js';

/** Told the bytes read so far and their total, undefined for a pipe. */
type OnBytes = NonNullable<OpenOptions['onBytes']>;

/** What every command that reads files is given. */
export interface FileArguments {
  readonly files: readonly string[];
  readonly format: 'pretty' | 'json';
  readonly progress: boolean;
  readonly qemuEvents: string | undefined;
}

export interface RecordingOptions extends FormatOptions {
  readonly onBytes?: OnBytes | undefined;
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
  /** Files that native recordings name as their sources, with their recorders; numbered after the streams. */
  readonly #origins: ReadonlyMap<string, string>;

  private constructor(streams: readonly OpenStream[], origins: ReadonlyMap<string, string>) {
    this.streams = streams;
    this.#origins = origins;
  }

  static async open(paths: readonly string[], { onBytes = () => {}, ...given }: RecordingOptions = {}): Promise<Recording> {
    if (paths.length === 0) throw new UsageError('no recording given: name a file, or - for standard input');
    if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input (-) can be read once only');
    const origins = new Map<string, string>();
    const origin = (file: string, recorder: string): number => {
      if (recorder !== '' || !origins.has(file)) origins.set(file, recorder);
      return paths.length + [...origins.keys()].indexOf(file);
    };
    const progress = summed(paths.length, onBytes);
    const formats = formatsFor(given);
    const streams: OpenStream[] = [];
    for (const [at, path] of paths.entries()) {
      streams.push(await openRecording(path, formats, at, { onBytes: progress(at), origin }));
    }
    return new Recording(streams, origins);
  }

  events(): AsyncGenerator<Event[], void, undefined> {
    return mergeStreams(this.streams);
  }

  summaries(): StreamSummary[] {
    return [...this.streams.map(({ info }) => summaryOf(info)), ...[...this.#origins].map(namedOnly)];
  }
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

export function summaryOf({ file, format, recorder, about, clock, base, lines, losses, lossMarks, lostEvents }: StreamInfo): StreamSummary {
  return { file, format, recorder, ...(about === undefined ? {} : { about }), clock, base: String(base), lines, losses, lossMarks, lostEvents };
}
