// Event to its NDJSON record, and the header before the first: 64-bit numbers as hexadecimal text, defaults left out.

import type { Event } from '../event.js';
import { TABLES } from './fields.js';
import type { Header } from './header.js';
import { writeSource } from './source.js';

/** Plain data for JSON.stringify. */
type JsonRecord = Record<string, unknown>;

export function headerToRecord(header: Header): JsonRecord {
  return { irqreplay: 1, base: String(header.base), clock: header.clock, streams: header.streams };
}

/** `files` names the streams; without it the record tells nothing of where the event came from. */
export function eventToRecord(event: Event, files: readonly string[] = []): JsonRecord {
  const record: JsonRecord = {};
  if (!Number.isNaN(event.ns)) record['ns'] = event.ns;
  if (event.on !== -1) record['on'] = event.on;
  if (event.tid !== -1) record['tid'] = event.tid;
  if (event.vm !== undefined) record['vm'] = event.vm;
  record['kind'] = event.kind;
  for (const { name } of TABLES.get(event.kind)?.fields ?? []) {
    const value: unknown = Reflect.get(event, name);
    if (value !== undefined) record[name] = typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
  }
  const source = writeSource(event, files);
  if (source !== undefined) record['src'] = source;
  return record;
}
