// All reading: a file or standard input, plain, gzip or zstd (told by content), and the choice of the importer by the first bytes.
// A chunk is good only until the next is asked for, because plain files are read into one buffer: decoders copy what they keep.
// Formats with offsets read from a file anywhere; what is packed or comes through a pipe is first put into a temporary file.

import { closeSync, createReadStream, fstatSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Event } from '../event.js';
import { choose } from './choose.js';
import { peek, withoutMark, type Chunks } from './chunks.js';
import { decode } from './decode.js';
import { fileOf, filesIn, isFolder } from './folder.js';
import { TraceError, type FolderFile, type StreamInfo } from './format.js';
import { gunzip, type GunzipStream } from './gunzip.js';
import type { Packing, RandomAccess } from './random-access.js';
import { ReadError, readStream } from './read-error.js';
import type { AnyFormat, Origin } from './source.js';
import { frameUnpacker, unzstd } from './zstd.js';

const STDIN = 0;
const CHUNK = 1024 * 1024;
const HEAD = 64 * 1024;
/** Bytes of a recording that are put into a temporary file. */
const LARGEST_SPOOL = 8 * 1024 ** 3;

/** Bytes read from the file so far (compressed ones if it is compressed), and its size if it has one. */
type Progress = (read: number, total: number | undefined) => void;

export interface OpenOptions extends Pick<StreamInfo, 'vms'> {
  readonly onBytes?: Progress | undefined;
  /** Numbers the files that a native recording names as sources; without it their events belong to the recording itself. */
  readonly origin?: Origin | undefined;
}

export interface OpenStream {
  readonly info: StreamInfo;
  /** The stream's events, in its order; to be asked for once. */
  batches(): AsyncGenerator<Event[]>;
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

/** From `position` on, or from where the last read ended. */
function readInto(path: string, fd: number, buffer: Buffer, position: number | null = null): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, position);
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

/** The bytes as they are, and those unpacked; `size` of a plain file that is not packed. */
interface Bytes {
  readonly raw: Chunks;
  readonly all: Chunks;
  readonly size: number | undefined;
  readonly packed: boolean;
}

async function readBytes(path: string, onBytes?: Progress): Promise<Bytes> {
  const { fd, size } = openFile(path);
  let read = 0;
  const onChunk = (bytes: number): void => onBytes?.((read += bytes), size);
  const raw =
    size === undefined ? readStream(path, path === '-' ? process.stdin : createReadStream(path, { fd, highWaterMark: CHUNK }), onChunk) : readFile(path, fd, onChunk);
  try {
    const peeked = await peek(raw, 4);
    const all = unpack(path, peeked.head, peeked.all);
    return all === peeked.all ? { raw, all, size, packed: false } : { raw, all, size: undefined, packed: true };
  } catch (error) {
    await raw.return();
    throw error;
  }
}

/** Unpacked, if they are packed. */
function unpack(path: string, head: Buffer, all: Chunks): Chunks {
  const magic = head.length < 4 ? 0 : head.readUInt32LE();
  if ((magic & 0xffff) === 0x8b1f) return gunzip(path, all, openGunzip);
  // a zstd frame, or a skippable one, with which pzstd begins
  return magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5 ? unzstd(path, all) : all;
}

/** A file that is read anywhere. `failure` is met when all that could be unpacked has been read. */
interface OpenFile {
  readonly access: RandomAccess;
  readonly failure: unknown;
  close(): void;
}

function accessTo(path: string, fd: number, size: number, { unpack: packing, onBytes }: { unpack: RandomAccess['unpack']; onBytes?: Progress | undefined }): OpenFile {
  let read = 0;
  const access: RandomAccess = {
    size,
    read: (target, offset) => {
      const bytes = readInto(path, fd, target, offset);
      onBytes?.(Math.min((read += bytes), size), size);
      return bytes;
    },
    unpack: packing,
  };
  return { access, failure: undefined, close: () => fd !== STDIN && closeSync(fd) };
}

/** Puts the bytes into a temporary file that has no name any more. */
async function spool(path: string, chunks: Chunks, unpack: RandomAccess['unpack']): Promise<OpenFile> {
  const folder = mkdtempSync(join(tmpdir(), 'irqreplay-'));
  const fd = openSync(join(folder, 'spool'), 'wx+');
  rmSync(folder, { recursive: true });
  let size = 0;
  let failure: unknown;
  try {
    for await (const chunk of chunks) {
      if (size + chunk.length > LARGEST_SPOOL) throw new TraceError(path, size, `more than ${LARGEST_SPOOL} bytes`, 'a smaller recording, or one that is unpacked and no pipe');
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
      size += chunk.length;
    }
  } catch (error) {
    failure = error;
  }
  return { ...accessTo(path, fd, size, { unpack }), failure };
}

/** Node's zstd where there is one (22.15 and later). A file that begins by naming zstd, trace.dat 7, holds it frame by frame. */
async function unpacker(head: Buffer): Promise<RandomAccess['unpack']> {
  const zlib = await import('node:zlib');
  const own = 'zstdDecompressSync' in zlib && typeof zlib.zstdDecompressSync === 'function' ? zlib.zstdDecompressSync : undefined;
  const zstd = own === undefined ? await frameUnpacker(head.includes('zstd', 0, 'latin1')) : (packed: Buffer, size: number) => own(packed, { maxOutputLength: size });
  return (packing: Packing, packed: Buffer, size: number): Buffer => {
    const options = { maxOutputLength: size };
    const unpacked = packing === 'zlib' ? zlib.inflateSync(packed, options) : packing === 'gzip' ? zlib.gunzipSync(packed, options) : zstd(packed, size);
    if (unpacked.length !== size) throw new Error(`${unpacked.length} bytes in place of ${size}`);
    return Buffer.from(unpacked.buffer, unpacked.byteOffset, size);
  };
}

/** A plain file as it is, anything else through a temporary file. */
async function openAnywhere(path: string, head: Buffer, { raw, all, size }: Bytes, onBytes?: Progress): Promise<OpenFile> {
  const unpack = await unpacker(head);
  if (size === undefined) return spool(path, all, unpack);
  await raw.return();
  return accessTo(path, openFile(path).fd, size, { unpack, onBytes });
}

async function* inTurns(batches: Generator<Event[]>, files: readonly OpenFile[]): AsyncGenerator<Event[]> {
  const failure = files.map((file) => file.failure).find((each) => each !== undefined);
  try {
    for (const batch of batches) {
      yield batch;
      await setImmediate();
    }
  } catch (error) {
    throw failure ?? error;
  } finally {
    for (const file of files) file.close();
  }
  if (failure !== undefined) throw failure;
}

async function openGunzip(): Promise<GunzipStream> {
  const { createGunzip } = await import('node:zlib');
  return createGunzip({ chunkSize: CHUNK });
}

const NOTHING_READ = { recorder: '', clock: 'none', base: 0n, lines: 0, lossMarks: 0, lostEvents: 0 } as const;

/** `given` may be `-`, standard input, or a folder. */
export async function openRecording(given: string, formats: readonly AnyFormat[], stream: number, options: OpenOptions = {}): Promise<OpenStream> {
  const path = fileOf(given);
  const info: StreamInfo = { ...NOTHING_READ, file: path, format: '', counts: new Map(), losses: [], vms: options.vms };
  if (isFolder(path)) return openFolder(info, formats, stream);
  const bytes = await readBytes(path, options.onBytes);
  try {
    // A live pipe is slow: what whole lines tell already is not waited for.
    const told = (sofar: Buffer): boolean => sofar.includes(10) && formats.some((format) => format.detect(sofar.subarray(0, sofar.lastIndexOf(10) + 1)));
    const { head, all } = withoutMark(await peek(bytes.all, HEAD, told));
    const format = choose(path, head.subarray(0, HEAD), formats);
    info.format = format.name;
    if ('open' in format) {
      const decoder = format.open(info, stream, options.origin);
      return { info, batches: () => decode(decoder, all, { packed: bytes.packed && path !== '-' }) };
    }
    if ('readFolder' in format) throw new TraceError(path, 1, `a file of ${format.name}`, 'the folder that holds it and the files that belong to it');
    const reader = 'load' in format ? await format.load() : format;
    const file = await openAnywhere(path, head, { ...bytes, all }, options.onBytes);
    return { info, batches: () => inTurns(reader.read(info, stream, file.access, options.origin), [file]) };
  } catch (error) {
    await bytes.raw.return();
    throw error;
  }
}

/** The files of a folder that belong together, whatever else lies there. */
async function openFolder(info: StreamInfo, formats: readonly AnyFormat[], stream: number): Promise<OpenStream> {
  const format = formats.find((each) => 'readFolder' in each);
  const files: OpenFile[] = [];
  const parts: FolderFile[] = [];
  for (const name of format === undefined ? [] : filesIn(info.file)) {
    const path = join(info.file, name);
    const bytes = await readBytes(path);
    const { head, all } = await peek(bytes.all, HEAD);
    if (format?.detect(head.subarray(0, HEAD)) === true) {
      const file = await openAnywhere(path, head, { ...bytes, all });
      files.push(file);
      parts.push({ name, bytes: file.access });
    } else await bytes.raw.return();
  }
  if (format === undefined || parts.length === 0) throw new ReadError(info.file, Object.assign(new Error(), { code: 'EISDIR' }));
  info.format = format.name;
  return { info, batches: () => inTurns(format.readFolder(info, stream, parts), files) };
}
