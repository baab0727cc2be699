// Runs a decoder over the bytes of a stream, piece by piece.

import type { Event } from '../event.js';
import type { Chunks } from './chunks.js';
import type { Decoder } from './format.js';

/** Bytes decoded into one batch: events that live on while a whole chunk is decoded cost the garbage collector half as much time again. */
const BATCH = 128 * 1024;

export async function* decode(decoder: Decoder, chunks: Chunks): AsyncGenerator<Event[]> {
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
