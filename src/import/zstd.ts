// Unpacks zstd (RFC 8878): a stream frame after frame with fzstd, many single frames with Zstandard itself in WebAssembly.

import { brokenOff, codeOf, damaged, type Chunks } from './chunks.js';
import type { TraceError } from './format.js';
import { Xxh64 } from './xxh64.js';
import { ZstdFrames } from './zstd-frames.js';

/** Compressed bytes taken at once: no bomb of full-size blocks unpacks to more than 64 MB of them (four bytes to 128 KiB). */
const SLICE = 2 * 1024;

const MAGIC = 0xfd2fb528;
/** Of a frame, with a size and a dictionary; what is shorter is not worth the library. */
const LONGEST_HEADER = 18;

/**
 * fzstd on every Node: Node's own decompressor (22 to 24) stops in silence after the first of several frames,
 * as pzstd and `cat` make them, and that of Node 22 takes a file broken off for a whole one.
 */
export async function* unzstd(path: string, chunks: Chunks): Chunks {
  const { Decompress, ZstdErrorCode } = await import('fzstd');
  const ready: Buffer[] = [];
  const frames = new ZstdFrames();
  let unpacked = new Contents();
  const decoder = new Decompress((data) => {
    if (data.length === 0) return;
    const piece = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    unpacked.take(piece);
    ready.push(piece);
  });
  let bytes = 0;
  const push = (data: Buffer, final: boolean): TraceError | undefined => {
    bytes += data.length;
    try {
      decoder.push(data, final);
      if (final || !frames.ended) return undefined;
      unpacked.compare(frames);
      unpacked = new Contents();
      return undefined;
    } catch (error) {
      if (codeOf(error) === ZstdErrorCode.UnexpectedEOF) return brokenOff(path, bytes, 'zstd');
      return damaged(path, bytes, { method: 'zstd', error, since: unpacked.size });
    }
  };
  for await (const chunk of chunks) {
    // fzstd keeps what it was given
    const kept = Buffer.from(chunk);
    for (let at = 0; at < kept.length; ) {
      const from = at;
      at = frames.step(kept.subarray(0, at + SLICE), at);
      const failure = push(kept.subarray(from, at), false);
      yield* ready.splice(0);
      if (failure !== undefined) throw failure;
    }
  }
  const failure = push(Buffer.alloc(0), true);
  yield* ready.splice(0);
  if (failure !== undefined) throw failure;
}

/** What a frame has given so far: fzstd does not look whether it is what the frame says. */
class Contents {
  size = 0;
  readonly #hash = new Xxh64();

  take(piece: Buffer): void {
    this.size += piece.length;
    this.#hash.update(piece);
  }

  compare({ size, checksum }: ZstdFrames): void {
    if (size !== undefined && size !== this.size) throw new Error(`a frame of ${this.size} bytes that says ${size}`);
    if (checksum !== undefined && checksum !== this.#hash.low()) throw new Error('a frame with another checksum than it says');
  }
}

/** Zstandard in WebAssembly: 20 ms to load, and then 0.4 of fzstd's time. Loaded once: it has one memory for all. */
export function zstdLibrary(): Promise<typeof import('@bokuweb/zstd-wasm')> {
  return (library ??= loadLibrary());
}

let library: Promise<typeof import('@bokuweb/zstd-wasm')> | undefined;

async function loadLibrary(): Promise<typeof import('@bokuweb/zstd-wasm')> {
  const loaded = await import('@bokuweb/zstd-wasm');
  await loaded.init();
  return loaded;
}

/** Unpacks what is to be `size` bytes; throws or gives others where it is not sound. */
type Unpack = (packed: Buffer, size: number) => Uint8Array;

/** For Node without zstd of its own. `many` frames are to come: then the library is worth its loading. */
export async function frameUnpacker(many: boolean): Promise<Unpack> {
  const { decompress } = await import('fzstd');
  const withFzstd: Unpack = (packed, size) => decompress(packed, roomFor(size));
  if (!many) return withFzstd;
  const { decompress: unpack } = await zstdLibrary();
  return (packed, size) => {
    // it makes as much room as the frame says, if it does
    if ((statedSize(packed) ?? size) !== size) return withFzstd(packed, size);
    try {
      return unpack(packed, { defaultHeapSize: size });
    } catch {
      // several frames, or damaged: fzstd says how
      return withFzstd(packed, size);
    }
  };
}

/** The size that a frame says it has unpacked; undefined where it does not, NaN where it is no frame (RFC 8878, 3.1.1.1). */
export function statedSize(frame: Buffer): number | undefined {
  if (frame.length < LONGEST_HEADER || frame.readUInt32LE() !== MAGIC) return Number.NaN;
  const descriptor = frame.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  if (descriptor >> 6 === 3) return Number(frame.readBigUInt64LE(at));
  const length = [isSingle ? 1 : 0, 2, 4][descriptor >> 6] ?? 0;
  return length === 0 ? undefined : frame.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

/** Room for fzstd to unpack into. It compares the room with 1, which would write all its bytes out as text: nine tenths of the time. */
function roomFor(size: number): Uint8Array {
  return Object.defineProperty(new Uint8Array(size), Symbol.toPrimitive, { value: () => 0 });
}
