// The blocks that describe pages and events, as trace.dat and perf.data hold them alike (trace-cmd lib/trace-cmd/trace-output.c,
// tools/perf/util/trace-event-info.c).

import type { Cursor } from '../cursor.js';
import type { EventTypes } from './event-types.js';

const MAX_FORMATS = 100_000;
const MAX_FORMAT_TEXT = 1024 * 1024;

/** `header_page` and `header_event`; gives the text of the first. */
export function readHeaderInfo(cursor: Cursor): string {
  const page = readNamed(cursor, 'header_page');
  readNamed(cursor, 'header_event');
  return page;
}

function readNamed(cursor: Cursor, name: string): string {
  const { at } = cursor;
  const found = cursor.name(`the word ${name}`);
  if (found !== name) throw cursor.error(JSON.stringify(found.slice(0, 40)), name, at);
  return cursor.text(cursor.u64(`the length of ${name}`), name);
}

/** The events of the kernel's tracers. */
export function readTracerFormats(cursor: Cursor, types: EventTypes): void {
  readFormats(cursor, types, 'the formats of tracer events');
}

/** All other events, system by system. */
export function readEventFormats(cursor: Cursor, types: EventTypes): void {
  const systems = cursor.u32('the number of event systems');
  if (systems > MAX_FORMATS) throw cursor.error(`${systems} event systems`, `at most ${MAX_FORMATS}`);
  for (let i = 0; i < systems; i++) {
    const name = cursor.name('the name of an event system');
    readFormats(cursor, types, `the formats of ${name} events`);
  }
}

/** A text that describes no event leaves its records unknown. */
function readFormats(cursor: Cursor, types: EventTypes, what: string): void {
  const formats = cursor.u32(`the number of ${what}`);
  if (formats > MAX_FORMATS) throw cursor.error(`${formats} of ${what}`, `at most ${MAX_FORMATS}`);
  for (let i = 0; i < formats; i++) {
    const { at } = cursor;
    const length = cursor.u64(`the length of one of ${what}`);
    if (length > MAX_FORMAT_TEXT) throw cursor.error(`${length} bytes`, `one of ${what}`, at);
    types.add(cursor.text(length, what));
  }
}
