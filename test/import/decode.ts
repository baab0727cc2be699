// Feeds bytes to an importer in pieces, as open.ts would, in one reused buffer that is scribbled over in between.

import type { Event } from '../../src/event.js';
import type { StreamInfo } from '../../src/import/format.js';
import type { OriginFormat } from '../../src/import/source.js';
import type { Vms } from '../../src/import/vms.js';

export interface Decoded {
  readonly events: Event[];
  readonly info: StreamInfo;
  /** Names of the streams: the file itself, then those it names as sources. */
  readonly files: string[];
}

export function decode(format: OriginFormat, text: string, pieces: readonly number[] = [], vms?: Vms): Decoded {
  const files = ['given'];
  const info: StreamInfo = {
    file: 'given', format: format.name, recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0, vms,
  };
  const decoder = format.open(info, 0, (file) => (files.includes(file) ? files.indexOf(file) : files.push(file) - 1));
  const bytes = Buffer.from(text);
  const events: Event[] = [];
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    decoder.push(chunk, events);
    chunk.fill(0x21);
    at += size;
  }
  decoder.end(events);
  return { events, info, files };
}

/** The event with its stream's name in place of its number, so that two recordings of it compare equal. */
export function placed(event: Event | undefined, files: readonly string[]): unknown {
  return event === undefined ? undefined : { ...event, stream: files[event.stream] };
}
