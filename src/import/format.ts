// The shape of every importer: detected by content, fed with chunks, giving events in file order.

import type { Event } from '../event.js';
import type { RandomAccess } from './random-access.js';
import type { Origin } from './source.js';
import type { Vms } from './vms.js';

/** What a stream tells about itself while it is read; plain data, shown by `info` and in every report. */
export interface StreamInfo {
  /** File name as the user gave it, `-` for standard input. */
  readonly file: string;
  /** Name of the format that reads it. */
  format: string;
  /** Recorder in words: `tracefs trace`, `trace-cmd report`, `perf script`. */
  recorder: string;
  /** A recorder of binary files in more words: version, kernel, clock, CPUs, trace buffers. */
  about?: string;
  /** Unit of the time stamps: dotted seconds, a bare integer of unknown unit, ns, or none at all. */
  clock: 'seconds' | 'integer' | 'ns' | 'none';
  /** Absolute time of the stream's first event in ns (for `integer` clocks in the recorder's unit). */
  base: bigint;
  /** Events of the recorder by its own name; skipped ones included. */
  readonly counts: Map<string, number>;
  /** Those of them that no reader uses, as far as the format has such. */
  unread?: readonly string[];
  /** Lines read so far (records, in the order of time, of binary forms). */
  lines: number;
  /** Loss marks of the recorder and lines that could not be read, in order; at most 1,000 are kept. */
  readonly losses: Loss[];
  /** Asked of each record of a host's trace whose it is, where several VMs are to be told apart. */
  readonly vms?: Vms | undefined;
  /** How many losses there were in all, and how many events they add up to as far as the recorder counts them. */
  lossMarks: number;
  lostEvents: number;
}

/** Something the recording did not show. */
export interface Loss {
  /** Line, 1-based; of binary forms the number of the record. */
  readonly line: number;
  /** Events lost, as the recorder counts them; absent where it does not say. */
  readonly n?: number;
  /** In words: `CPU:1 [LOST 12 EVENTS]`, or what was found and what was expected. */
  readonly what: string;
}

/** Turns one stream into events. Every event is appended to `out`, in the order of the stream. */
export interface Decoder {
  /** Takes the next bytes; a record may be split between chunks. */
  push(chunk: Buffer, out: Event[]): void;
  /** The stream has ended: whatever is still open is given out. */
  end(out: Event[]): void;
}

/** One importer. */
export interface Format {
  readonly name: string;
  /** True if the first bytes (up to 64 KiB, fewer at the end of the file) are of this format. */
  detect(head: Buffer): boolean;
  /** `stream` is the index that goes into the events. */
  open(info: StreamInfo, stream: number): Decoder;
}

/** An importer of a binary form, which is read here and there. */
export interface FileFormat {
  readonly name: string;
  /** As above. */
  detect(head: Buffer): boolean;
  /** The stream's events, in its order; throws a TraceError behind the last that could be read. */
  read(info: StreamInfo, stream: number, bytes: RandomAccess, origin?: Origin): Generator<Event[]>;
}

/** An importer of a binary form that is loaded once a file has been told to be of it. */
export interface LazyFormat extends Pick<FileFormat, 'name' | 'detect'> {
  load(): Promise<Pick<FileFormat, 'read'>>;
}

/** A file of a folder. */
export interface FolderFile {
  /** From the folder on, with `/`. */
  readonly name: string;
  readonly bytes: RandomAccess;
}

/** An importer of a form that is several files, handed over as a folder. */
export interface FolderFormat {
  readonly name: string;
  /** True if the first bytes are of one of the files, whichever. */
  detect(head: Buffer): boolean;
  /** As above; `files` are those which `detect` takes, sorted by name. */
  readFolder(info: StreamInfo, stream: number, files: readonly FolderFile[]): Generator<Event[]>;
}

/** The file cannot be read on: says where, what was found and what was expected. The command line answers with exit code 2. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  constructor(file: string, line: number, found: string, expected: string) {
    const shown = found.length > 120 ? `${found.slice(0, 120)}…` : found;
    super(`${file}:${line}: found ${JSON.stringify(shown)}, expected ${expected}`);
  }
}

export function noteLoss(info: StreamInfo, loss: Loss): void {
  info.lossMarks++;
  info.lostEvents += loss.n ?? 0;
  if (info.losses.length < 1000) info.losses.push(loss);
}
