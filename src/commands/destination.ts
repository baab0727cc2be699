// Where a recording is written to: standard output, or a file that appears under its name only once it is whole.

import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import * as zlib from 'node:zlib';
import { codeOf } from '../import/chunks.js';
import { zstdLibrary } from '../import/zstd.js';
import { printWhole, stdoutIsFile, writeWhole, WriteError } from './output.js';
import type { Packing } from './target.js';

/** Bytes gathered before they are packed and written: each block is a gzip member or zstd frame of its own. */
const BLOCK = 1024 * 1024;

export interface Destination {
  write(bytes: string | Buffer): Promise<void>;
  /** Writes what is left and gives the file its name. */
  commit(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): void;
}

type Pack = (block: Buffer) => Buffer;

/** Node's own zstd where there is one (22.15 and later), else the library's in WebAssembly. */
async function packer(packing: Packing): Promise<Pack> {
  if (packing === 'plain') return (block) => block;
  if (packing === 'gz') return (block) => zlib.gzipSync(block);
  const zstd = 'zstdCompressSync' in zlib && typeof zlib.zstdCompressSync === 'function' ? zlib.zstdCompressSync : undefined;
  if (zstd !== undefined) return (block) => zstd(block);
  const { compress } = await zstdLibrary();
  return (block) => Buffer.from(compress(block));
}

/** Gathers blocks, packs them and hands them on. */
class Blocks {
  readonly #pack: Pack;
  readonly #put: (bytes: Buffer) => void | Promise<void>;
  #kept: Buffer[] = [];
  #size = 0;

  constructor(pack: Pack, put: (bytes: Buffer) => void | Promise<void>) {
    this.#pack = pack;
    this.#put = put;
  }

  async write(bytes: string | Buffer): Promise<void> {
    const piece = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    this.#kept.push(piece);
    this.#size += piece.length;
    if (this.#size >= BLOCK) await this.flush();
  }

  async flush(): Promise<void> {
    const block = Buffer.concat(this.#kept);
    this.#kept = [];
    this.#size = 0;
    if (block.length > 0) await this.#put(this.#pack(block));
  }
}

/** The reader of a pipe has left: nobody misses the rest. */
export class ReaderLeft extends Error {
  override readonly name = 'ReaderLeft';
}

const toPipe = (bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(codeOf(error) === 'EPIPE' ? new ReaderLeft() : new WriteError('-', error));
    });
  });

/** What is there already and is no plain file, a pipe or a terminal, is written to as it is. */
function openTarget(path: string): { fd: number; partial: string | undefined } {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there !== undefined && !there.isFile()) return { fd: openSync(path, 'w'), partial: undefined };
    const partial = `${path}.${process.pid}.part`;
    return { fd: openSync(partial, 'w'), partial };
  } catch (error) {
    throw new WriteError(path, error);
  }
}

function toFile(path: string, pack: Pack): Destination {
  const { fd, partial } = openTarget(path);
  const put = (bytes: Buffer): void => {
    try {
      writeWhole(fd, bytes);
    } catch (error) {
      throw new WriteError(path, error);
    }
  };
  const blocks = new Blocks(pack, put);
  return {
    write: (bytes) => blocks.write(bytes),
    commit: async () => {
      await blocks.flush();
      try {
        if (partial !== undefined) renameSync(partial, path);
      } catch (error) {
        throw new WriteError(path, error);
      }
      closeSync(fd);
    },
    discard: () => {
      closeSync(fd);
      if (partial !== undefined) rmSync(partial, { force: true });
    },
  };
}

/** `path` may be `-`, standard output. */
export async function openDestination(path: string, packing: Packing): Promise<Destination> {
  const pack = await packer(packing);
  if (path !== '-') return toFile(path, pack);
  const blocks = new Blocks(pack, stdoutIsFile() ? printWhole : toPipe);
  return { write: (bytes) => blocks.write(bytes), commit: () => blocks.flush(), discard: () => {} };
}
