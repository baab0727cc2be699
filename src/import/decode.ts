// Runs a decoder over the bytes of a stream, piece by piece.

import type { Event } from '../event.js';
import type { Chunks } from './chunks.js';
import type { Decoder } from './format.js';

/** Bytes decoded into one batch: events that live on while a whole chunk is decoded cost the garbage collector half as much time again. */
const BATCH = 128 * 1024;

/** `packed`: what cannot be decoded may be due to a wrong byte, which shows at the end of what is packed at the latest. */
export async function* decode(decoder: Decoder, chunks: Chunks, { packed }: { packed: boolean }): AsyncGenerator<Event[]> {
  let failure: unknown;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length && failure === undefined; at += BATCH) {
      try {
        yield* decodeStep((out) => decoder.push(chunk.subarray(at, at + BATCH), out));
      } catch (error) {
        if (!packed) throw error;
        failure = error;
      }
    }
  }
  if (failure !== undefined) throw failure;
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
