// All reading: a file or standard input, plain, gzip or zstd (told by content), and the choice of the importer by the first bytes.
// A chunk is good only until the next is asked for, because plain files are read into one buffer: decoders copy what they keep.

import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Gunzip } from 'node:zlib';
import type { Event } from '../event.js';
import { choose } from './choose.js';
import { brokenOff, codeOf, damaged, peek, type Chunks } from './chunks.js';
import type { Decoder, StreamInfo } from './format.js';
import type { Origin, OriginFormat } from './source.js';
import { unzstd } from './zstd.js';

const STDIN = 0;
const CHUNK = 1024 * 1024;
const HEAD = 64 * 1024;
/** Bytes decoded into one batch: events that live on while a whole chunk is decoded cost the garbage collector half as much time again. */
const BATCH = 128 * 1024;
/** Compressed bytes taken at once: no bomb unpacks to more than 64 MB of them (1000 to 1). */
const GZIP_SLICE = 64 * 1024;

/** Bytes read from the file so far (compressed ones if it is compressed), and its size if it has one. */
type Progress = (read: number, total: number | undefined) => void;

export interface OpenOptions {
  readonly onBytes?: Progress | undefined;
  /** Numbers the files that a native recording names as sources; without it their events belong to the recording itself. */
  readonly origin?: Origin | undefined;
}

export interface OpenStream {
  readonly info: StreamInfo;
  /** The stream's events, in its order; to be asked for once. */
  batches(): AsyncGenerator<Event[]>;
}

/** The file cannot be read at all. The command line answers with exit code 2, as for a TraceError. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  constructor(path: string, cause: unknown) {
    super(`cannot read ${path === '-' ? 'standard input' : path}: ${reasonOf(cause)}`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  EBADF: 'it is closed',
};

function reasonOf(error: unknown): string {
  return REASONS[String(codeOf(error))] ?? (error instanceof Error ? error.message : String(error));
}

/** As fast as a bare readSync loop; between two chunks signals and timers get their turn. */
async function* readFile(path: string, fd: number, onChunk: (bytes: number) => void): Chunks {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  try {
    for (;;) {
      const bytes = readInto(path, fd, buffer);
      if (bytes === 0) return;
      onChunk(bytes);
      yield buffer.subarray(0, bytes);
      await setImmediate();
    }
  } finally {
    if (fd !== STDIN) closeSync(fd);
  }
}

function readInto(path: string, fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    throw new ReadError(path, error);
  }
}

/** Pipes, terminals and files of /sys and /proc, which may wait for data. */
async function* readStream(path: string, stream: AsyncIterable<unknown>, onChunk: (bytes: number) => void): Chunks {
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      onChunk(bytes.length);
      yield bytes;
    }
  } catch (error) {
    throw new ReadError(path, error);
  }
}

function openFile(path: string): { fd: number; size: number | undefined } {
  try {
    const stat = path === '-' ? fstatSync(STDIN) : statSync(path);
    if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    const fd = path === '-' ? STDIN : openSync(path, 'r');
    // files of /sys and /proc say 0
    return { fd, size: stat.isFile() && stat.size > 0 ? stat.size : undefined };
  } catch (error) {
    throw new ReadError(path, error);
  }
}

function readBytes(path: string, onBytes: Progress | undefined): Chunks {
  const { fd, size } = openFile(path);
  let read = 0;
  const onChunk = (bytes: number): void => onBytes?.((read += bytes), size);
  if (size !== undefined) return readFile(path, fd, onChunk);
  return readStream(path, path === '-' ? process.stdin : createReadStream(path, { fd, highWaterMark: CHUNK }), onChunk);
}

/** Node's gunzip, fed piece by piece: what it gave out before an error is kept. */
class Inflater {
  readonly ready: Buffer[] = [];
  failure: Error | undefined;
  readonly #stream: Gunzip;
  #settle: () => void = () => undefined;

  constructor(stream: Gunzip) {
    this.#stream = stream;
    stream.on('data', (data: Buffer) => this.ready.push(data));
    stream.on('end', () => this.#settle());
    stream.on('error', (error) => {
      this.failure = error;
      this.#settle();
    });
  }

  write(bytes: Buffer): Promise<void> {
    return this.#step((done) => this.#stream.write(bytes, done));
  }

  end(): Promise<void> {
    return this.#step(() => this.#stream.end());
  }

  /** Neither an error nor bytes behind the last member call a write's own callback. */
  #step(start: (done: () => void) => void): Promise<void> {
    return new Promise((done) => {
      this.#settle = done;
      if (this.failure === undefined && !this.#stream.readableEnded) start(done);
      else done();
    });
  }
}

/** Inflates on Node's thread pool while the last piece is decoded here. */
async function* gunzip(path: string, chunks: Chunks): Chunks {
  const { createGunzip } = await import('node:zlib');
  const stream = createGunzip({ chunkSize: CHUNK });
  const inflater = new Inflater(stream);
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && inflater.failure === undefined; at += GZIP_SLICE) {
        const written = inflater.write(chunk.subarray(at, at + GZIP_SLICE));
        yield* inflater.ready.splice(0);
        await written;
      }
    }
    await inflater.end();
    yield* inflater.ready.splice(0);
    if (codeOf(inflater.failure) === 'Z_BUF_ERROR') throw brokenOff(path, stream.bytesWritten, 'gzip');
    if (inflater.failure !== undefined) throw damaged(path, stream.bytesWritten, 'gzip', inflater.failure);
  } finally {
    stream.destroy();
  }
}

function unpack(path: string, head: Buffer, all: Chunks): Chunks {
  const magic = head.length < 4 ? 0 : head.readUInt32LE();
  if ((magic & 0xffff) === 0x8b1f) return gunzip(path, all);
  // a zstd frame, or a skippable one, with which pzstd begins
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5 ? unzstd(path, all) : all;
}

async function* decode(decoder: Decoder, chunks: Chunks): AsyncGenerator<Event[]> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += BATCH) {
      yield* decodeStep((out) => decoder.push(chunk.subarray(at, at + BATCH), out));
    }
  }
  yield* decodeStep((out) => decoder.end(out));
}

/** Events in front of an unreadable line are given out before its error. */
function* decodeStep(step: (out: Event[]) => void): Generator<Event[]> {
  const out: Event[] = [];
  try {
    step(out);
  } finally {
    if (out.length > 0) yield out;
  }
}

const NOTHING_READ = { recorder: '', clock: 'none', base: 0n, lines: 0, lossMarks: 0, lostEvents: 0 } as const;

/** `path` may be `-`, standard input. */
export async function openRecording(
  path: string,
  formats: readonly OriginFormat[],
  stream: number,
  options: OpenOptions = {},
): Promise<OpenStream> {
  const bytes = readBytes(path, options.onBytes);
  try {
    const raw = await peek(bytes, 4);
    // A live pipe is slow: what whole lines tell already is not waited for.
    const told = (sofar: Buffer): boolean => sofar.includes(10) && formats.some((format) => format.detect(sofar.subarray(0, sofar.lastIndexOf(10) + 1)));
    const { head, all } = await peek(unpack(path, raw.head, raw.all), HEAD, told);
    const format = choose(path, head.subarray(0, HEAD), formats);
    const info: StreamInfo = { ...NOTHING_READ, file: path, format: format.name, counts: new Map(), losses: [] };
    const decoder = format.open(info, stream, options.origin);
    return { info, batches: () => decode(decoder, all) };
  } catch (error) {
    await bytes.return();
    throw error;
  }
}
