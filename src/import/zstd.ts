// Unpacks zstd (RFC 8878), frame after frame, with fzstd.

import { brokenOff, codeOf, damaged, type Chunks } from './chunks.js';
import type { TraceError } from './format.js';

/** Compressed bytes taken at once: no bomb of full-size blocks unpacks to more than 64 MB of them (four bytes to 128 KiB). */
const SLICE = 2 * 1024;

/**
 * fzstd on every Node: Node's own decompressor (22 to 24) stops in silence after the first of several frames,
 * as pzstd and `cat` make them, and that of Node 22 takes a file broken off for a whole one.
 */
export async function* unzstd(path: string, chunks: Chunks): Chunks {
  const { Decompress, ZstdErrorCode } = await import('fzstd');
  const ready: Buffer[] = [];
  const decoder = new Decompress((data) => {
    if (data.length > 0) ready.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  });
  let bytes = 0;
  const push = (data: Buffer, final: boolean): TraceError | undefined => {
    bytes += data.length;
    try {
      decoder.push(data, final);
      return undefined;
    } catch (error) {
      if (codeOf(error) === ZstdErrorCode.UnexpectedEOF) return brokenOff(path, bytes, 'zstd');
      return damaged(path, bytes, 'zstd', error);
    }
  };
  for await (const chunk of chunks) {
    // fzstd keeps what it was given
    const kept = Buffer.from(chunk);
    for (let at = 0; at < kept.length; at += SLICE) {
      const failure = push(kept.subarray(at, at + SLICE), false);
      yield* ready.splice(0);
      if (failure !== undefined) throw failure;
    }
  }
  const failure = push(Buffer.alloc(0), true);
  yield* ready.splice(0);
  if (failure !== undefined) throw failure;
}

/** Room for fzstd to unpack into. It compares the room with 1, which would write all its bytes out as text: nine tenths of the time. */
export function roomFor(size: number): Uint8Array {
  return Object.defineProperty(new Uint8Array(size), Symbol.toPrimitive, { value: () => 0 });
}
