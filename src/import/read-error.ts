// The error of a file that cannot be read at all, and streams that end in it.

import { codeOf, type Chunks } from './chunks.js';

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
