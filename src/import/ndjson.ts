// NDJSON, the native form for programs: a header record, then one event per line as in schemas/event.schema.json.
// Every value is checked against the table of kinds.ts by hand: zod stays out of the hot path.

import type { Event } from '../event.js';
import { fill, index, missingField, newDraft, TABLES, time, type Draft, type KindTable } from './fields.js';
import { TraceError, type Decoder, type StreamInfo } from './format.js';
import { adoptHeader, HEADER_EXPECTED, headerOf, isRecord, type JsonRecord } from './header.js';
import { lineDecoder } from './lines.js';
import { nearestHint } from './nearest.js';
import { readSource, SOURCE_EXPECTED, type Origin, type OriginFormat } from './source.js';

class RecordReader {
  readonly #info: StreamInfo;
  readonly #stream: number;
  readonly #origin: Origin | undefined;
  #begun = false;
  #lastFile = '';
  #lastStream = 0;

  constructor(info: StreamInfo, stream: number, origin: Origin | undefined) {
    this.#info = info;
    this.#stream = stream;
    this.#origin = origin;
  }

  read(text: string, line: number): Event | undefined {
    if (text.trim() === '') return undefined;
    const record = this.#parse(text, line);
    if (this.#begun) return this.#event(record, line);
    this.#begun = true;
    this.#header(record, text, line);
    return undefined;
  }

  #parse(text: string, line: number): JsonRecord {
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch {
      throw this.#wrong(line, text, 'one whole JSON object per line');
    }
    if (!isRecord(record)) throw this.#wrong(line, text, 'a JSON object');
    return record;
  }

  #header(record: JsonRecord, text: string, line: number): void {
    if (record['irqreplay'] !== 1) throw this.#wrong(line, text, `${HEADER_EXPECTED}; 1 is the only version there is`);
    const header = headerOf(record);
    if (header === undefined) throw this.#wrong(line, text, HEADER_EXPECTED);
    adoptHeader(this.#info, header, this.#origin);
  }

  #event(record: JsonRecord, line: number): Event {
    const kind = record['kind'];
    const table = typeof kind === 'string' ? TABLES.get(kind) : undefined;
    if (table === undefined) throw this.#unknownKind(kind, line);
    const draft = newDraft(table.kind);
    draft['at'] = line;
    draft['stream'] = this.#stream;
    let known = 1 + this.#readCommon(draft, record, line);
    const whole = fill(draft, table, (field) => {
      const value = record[field.name];
      if (value === undefined) return undefined;
      known++;
      return field.json(value) ?? this.#refuse(record, field.name, field.expected, line);
    });
    if (known !== Object.keys(record).length) this.#refuseUnknown(record, table, line);
    if (whole) return this.#timed(draft);
    const missing = missingField(draft, table);
    throw this.#wrong(line, JSON.stringify(record), `${missing?.name}, ${missing?.expected}`);
  }

  /** A header may have been written before it was known that there are times. */
  #timed(event: Event): Event {
    if (this.#info.clock === 'none' && !Number.isNaN(event.ns)) this.#info.clock = 'ns';
    return event;
  }

  /** Takes ns, on, tid, vm and src, and returns how many of them there are. */
  #readCommon(draft: Draft, record: JsonRecord, line: number): number {
    const { ns, on, tid, vm, src } = record;
    let known = 0;
    if (ns !== undefined) known += this.#take(draft, 'ns', time.json(ns), record, time.expected, line);
    if (on !== undefined) known += this.#take(draft, 'on', index.json(on), record, index.expected, line);
    if (tid !== undefined) known += this.#take(draft, 'tid', index.json(tid), record, index.expected, line);
    if (vm !== undefined) known += this.#take(draft, 'vm', typeof vm === 'string' ? vm : undefined, record, 'text', line);
    if (src !== undefined) known += this.#readSource(draft, record, line);
    return known;
  }

  #take(draft: Draft, key: string, value: unknown, record: JsonRecord, expected: string, line: number): number {
    draft[key] = value ?? this.#refuse(record, key, expected, line);
    return 1;
  }

  #readSource(draft: Draft, record: JsonRecord, line: number): number {
    const src = record['src'];
    const source = (typeof src === 'string' ? readSource(src) : undefined) ?? this.#refuse(record, 'src', SOURCE_EXPECTED, line);
    draft['name'] = source.name;
    if (this.#origin === undefined) return 1;
    if (source.file !== this.#lastFile) {
      this.#lastFile = source.file;
      this.#lastStream = this.#origin(source.file, '');
    }
    draft['stream'] = this.#lastStream;
    draft['at'] = source.line;
    return 1;
  }

  #unknownKind(kind: unknown, line: number): TraceError {
    const hint = typeof kind === 'string' ? nearestHint(kind, TABLES.keys()) : '';
    return this.#wrong(line, `"kind":${JSON.stringify(kind)}`, `an event kind${hint}`);
  }

  #refuseUnknown(record: JsonRecord, table: KindTable, line: number): never {
    const names = [...table.fields.map(({ name }) => name), 'ns', 'on', 'tid', 'vm', 'src'];
    const key = Object.keys(record).find((each) => each !== 'kind' && !names.includes(each)) ?? '';
    return this.#refuse(record, key, `a field of ${table.kind}: ${names.join(', ')}`, line);
  }

  #refuse(record: JsonRecord, key: string, expected: string, line: number): never {
    throw this.#wrong(line, `${JSON.stringify(key)}:${JSON.stringify(record[key])}`, expected);
  }

  #wrong(line: number, found: string, expected: string): TraceError {
    return new TraceError(this.#info.file, line, found, expected);
  }
}

export const ndjson: OriginFormat = {
  name: 'ndjson',
  // events without a header in front are ours, too: what they lack is told when they are read
  detect: (head) => /^\uFEFF?[ \t]*\{[^\n]*("irqreplay"[ \t]*:|"kind"[ \t]*:[ \t]*"[a-z]+\.)/.test(head.toString('utf8')),
  open(info: StreamInfo, stream: number, origin?: Origin): Decoder {
    info.recorder = 'irqreplay NDJSON';
    const reader = new RecordReader(info, stream, origin);
    return lineDecoder(info, (text, line) => reader.read(text, line));
  },
};
