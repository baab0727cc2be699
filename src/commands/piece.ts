// The piece of an opened recording that --from and --to ask for.

import type { Event } from '../event.js';
import { Recording, requireFiles, type RecordingOptions } from './recording.js';
import { UsageError } from './usage.js';
import { cut, spanOf, windowOf, type Point, type Window } from './window.js';

export interface PieceOptions extends RecordingOptions {
  readonly from?: Point | undefined;
  readonly to?: Point | undefined;
}

/** Percents need the time of the last event, so the files are read twice. */
export async function openWindow(paths: readonly string[], { from, to, ...given }: PieceOptions): Promise<Window | undefined> {
  if (from === undefined && to === undefined) return undefined;
  if (![from, to].some((point) => point !== undefined && 'percent' in point)) return windowOf(from, to, 0);
  requireFiles(paths, 'percents in --from and --to need a file');
  return windowOf(from, to, await spanOf((await Recording.open(paths, given)).events()));
}

/** The unit of a stream's times is known once its first events are. */
async function* timed({ streams }: Recording, events: AsyncIterable<Event[]>, { inSeconds }: Window): AsyncGenerator<Event[]> {
  for await (const batch of events) {
    const unknown = inSeconds ? streams.find(({ info }) => info.clock === 'integer') : undefined;
    if (unknown !== undefined) throw new UsageError(`${unknown.info.file} has times in an unknown unit: give --from and --to in percent`);
    yield batch;
  }
}

export const pieceOf = (recording: Recording, events: AsyncIterable<Event[]>, window: Window): AsyncGenerator<Event[]> => cut(timed(recording, events, window), window);
