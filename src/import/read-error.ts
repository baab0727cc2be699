// The error of a file that cannot be read at all, and streams that end in it; and how the system's reasons are told.

import { codeOf, type Chunks } from './chunks.js';

/** The file cannot be read at all. The command line answers with exit code 2, as for a TraceError. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
  /** `option`: how the person named the file, if it was no plain word. */
  constructor(path: string, cause: unknown, option?: string) {
    super(`cannot read ${path === '-' ? 'standard input' : path}${option === undefined ? '' : ` (${option})`}: ${reasonOf(cause)}`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of the path is no folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system can only be read',
  EISDIR: 'is a directory',
  ENOSPC: 'no space left on device',
  EDQUOT: 'the quota is used up',
  EFBIG: 'file too large',
  EBADF: 'it is closed',
};

/** What the system says, in words. */
export const reasonOf = (error: unknown): string => REASONS[String(codeOf(error))] ?? (error instanceof Error ? error.message : String(error));

/** Pipes, terminals and files of /sys and /proc, which may wait for data. */
export async function* readStream(path: string, stream: AsyncIterable<unknown>, onChunk: (bytes: number) => void): Chunks {
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
