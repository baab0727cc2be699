// A run of chunks of bytes: looking at its beginning, and the errors of packed bytes that cannot be unpacked.
// A chunk is good only until the next is asked for; who keeps bytes copies them.

import { TraceError } from './format.js';

export type Chunks = AsyncGenerator<Buffer, void, undefined>;

/**
 * The first bytes, `wanted` of them, or fewer that are `enough`, or all there are, and a run that still begins with them.
 * An error met on the way comes after the bytes in front of it.
 */
export async function peek(chunks: Chunks, wanted: number, enough?: (head: Buffer) => boolean): Promise<{ head: Buffer; all: Chunks }> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < wanted && enough?.(head) !== true) {
    const kept = Buffer.from(head);
    try {
      const next = await chunks.next();
      if (next.done === true) return { head: kept, all: prepend(kept, chunks) };
      head = kept.length === 0 ? next.value : Buffer.concat([kept, next.value]);
    } catch (error) {
      if (kept.length === 0) throw error;
      return { head: kept, all: prepend(kept, chunks, error) };
    }
  }
  return { head, all: prepend(head, chunks) };
}

/** The mark that editors and shells of Windows put in front of a text in UTF-8. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A stream whose first bytes are known, without the mark in front of a text. */
export function withoutMark({ head, all }: { head: Buffer; all: Chunks }): { head: Buffer; all: Chunks } {
  const { length } = BYTE_ORDER_MARK;
  return head.subarray(0, length).equals(BYTE_ORDER_MARK) ? { head: head.subarray(length), all: skip(all, length) } : { head, all };
}

async function* skip(chunks: Chunks, bytes: number): Chunks {
  let left = bytes;
  for await (const chunk of chunks) {
    const from = Math.min(left, chunk.length);
    left -= from;
    if (from < chunk.length) yield chunk.subarray(from);
  }
}

async function* prepend(head: Buffer, rest: Chunks, failure?: unknown): Chunks {
  try {
    if (head.length > 0) yield head;
    if (failure !== undefined) throw failure;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** The `code` of an error of Node or fzstd. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** What was unpacked has been given out; half a line at the end is not: it could read as another number. */
export function brokenOff(path: string, bytes: number, method: string): TraceError {
  return new TraceError(path, bytes, `the end of the file at byte ${bytes}`, `the rest of the ${method} data`);
}

/** There is a wrong byte somewhere in front of the place: what was unpacked of it, and what was found in that, is not certain. */
export class DamageError extends TraceError {}

/** `since`: bytes unpacked that nothing has vouched for. */
export function damaged(path: string, bytes: number, { method, error, since }: { method: string; error: unknown; since: number }): TraceError {
  const why = error instanceof Error ? error.message : String(error);
  return new (since > 0 ? DamageError : TraceError)(path, bytes, `damaged ${method} data before byte ${bytes}: ${why}`, `sound ${method} data`);
}
