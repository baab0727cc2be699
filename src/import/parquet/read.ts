// Rows of a Parquet file as events: one row per event, the columns of schemas/event.parquet.md.
// Files of other writers do as well, DuckDB's COPY among them: a column may be absent, and columns of other names are passed over.

import type { Event } from '../../event.js';
import { fill, index, missingField, newDraft, TABLES, time, type Draft, type Field, type FieldValue, type KindTable } from '../fields.js';
import { TraceError, type FileFormat, type StreamInfo } from '../format.js';
import { adoptHeader, HEADER_EXPECTED, headerOf, isRecord } from '../header.js';
import { nearestHint } from '../nearest.js';
import type { RandomAccess } from '../random-access.js';
import { noteEvent, type Origin } from '../source.js';
import type { Cells, Value } from './cells.js';
import { COLUMNS, columnNameOf, COMMON, HEADER_KEY, wordOf } from './columns.js';
import { ParquetFile, type Group } from './file.js';

const BATCH = 4096;
/** Letters of a value that an error shows: where it stands comes behind it. */
const LONGEST = 60;
const FIELD_COLUMNS = COLUMNS.map(({ name }) => name).filter((name) => !Object.values(COMMON).some((common) => common.name === name));

/** A field with its column in the group in hand; `taken` counts its rows. */
interface Source {
  readonly cells: Cells | undefined;
  readonly word: string | undefined;
  readonly column: string;
}

/** How the rows of one kind are read. */
interface Plan {
  readonly table: KindTable;
  readonly sources: ReadonlyMap<Field, Source>;
}

function fieldValue(field: Field, word: string | undefined, value: Value): FieldValue | undefined {
  if (field.type === 'u64') return field.text(String(value));
  return word !== undefined && value === -1 ? word : field.json(value);
}

class RowReader {
  readonly #info: StreamInfo;
  readonly #stream: number;
  readonly #origin: Origin | undefined;
  /** Numbers of the streams that rows belong to. */
  readonly #streams = new Map<string, number>();
  #seq = NaN;
  /** Where the group in hand begins. */
  #at = 0;

  constructor(info: StreamInfo, stream: number, origin: Origin | undefined) {
    this.#info = info;
    this.#stream = stream;
    this.#origin = origin;
  }

  /** What the file says of itself, if this program wrote it or it was kept. */
  begin(file: ParquetFile): void {
    this.#info.recorder = `Parquet by ${file.createdBy}`;
    const text = file.metadata(HEADER_KEY);
    if (text === undefined) return;
    const header = headerIn(text);
    if (header === undefined) throw this.#wrong(`the metadata ${HEADER_KEY}=${text}`, HEADER_EXPECTED);
    adoptHeader(this.#info, header, (name, recorder) => this.#streamOf(name, recorder));
  }

  *events({ at, rows, columns }: Group): Generator<Event[]> {
    this.#at = at;
    const plans = new Map<Value, Plan>();
    const taken = new Map<string, number>();
    let out: Event[] = [];
    try {
      for (let row = 0; row < rows; row++) {
        this.#info.lines++;
        this.#event(row, columns, { plans, taken }, out);
        if (out.length < BATCH) continue;
        yield out;
        out = [];
      }
    } finally {
      if (out.length > 0) yield out;
    }
    this.#refuseUnused(columns, taken, rows);
  }

  #event(row: number, columns: Group['columns'], { plans, taken }: { plans: Map<Value, Plan>; taken: Map<string, number> }, out: Event[]): void {
    const kind = columns.get(COMMON.kind.name)?.at(row);
    const plan = (kind === undefined ? undefined : plans.get(kind)) ?? this.#planOf(kind, columns);
    if (kind !== undefined) plans.set(kind, plan);
    const { table, sources } = plan;
    const draft = newDraft(table.kind);
    this.#readCommon(draft, row, columns);
    const isWhole = fill(draft, table, (field) => {
      const source = sources.get(field);
      const value = source?.cells?.at(row);
      if (source === undefined || value === undefined) return undefined;
      taken.set(source.column, (taken.get(source.column) ?? 0) + 1);
      return fieldValue(field, source.word, value) ?? this.#refuse(source.column, value, field.expected);
    });
    if (!isWhole) {
      const missing = missingField(draft, table);
      throw this.#wrong(`${table.kind} without ${missing?.name}`, `${missing?.name}, ${missing?.expected}`);
    }
    this.#checkOrder(columns.get(COMMON.seq.name)?.at(row), draft, out);
    if (this.#info.clock === 'none' && !Number.isNaN(draft.ns)) this.#info.clock = 'ns';
    noteEvent(this.#info, draft);
    out.push(draft);
  }

  #planOf(kind: Value | undefined, columns: Group['columns']): Plan {
    const table = typeof kind === 'string' ? TABLES.get(kind) : undefined;
    if (table === undefined) throw this.#wrong(`the kind ${kind ?? 'null'}`, `an event kind${typeof kind === 'string' ? nearestHint(kind, TABLES.keys()) : ''}`);
    const sourceOf = (field: Field): Source => ({ cells: columns.get(columnNameOf(field)), word: wordOf(field), column: columnNameOf(field) });
    return { table, sources: new Map(table.fields.map((field) => [field, sourceOf(field)])) };
  }

  #readCommon(draft: Draft, row: number, columns: Group['columns']): void {
    const take = (name: string, key: string, read: (value: unknown) => FieldValue | undefined, expected: string): void => {
      const value = columns.get(name)?.at(row);
      if (value !== undefined) draft[key] = read(value) ?? this.#refuse(name, value, expected);
    };
    draft['stream'] = this.#stream;
    draft['at'] = this.#info.lines;
    take(COMMON.ns.name, 'ns', time.json, time.expected);
    take(COMMON.on.name, 'on', index.json, index.expected);
    take(COMMON.tid.name, 'tid', index.json, index.expected);
    take(COMMON.vm.name, 'vm', anyText, 'text');
    take(COMMON.event.name, 'name', anyText, 'text');
    const file = columns.get(COMMON.file.name)?.at(row);
    if (this.#origin === undefined || typeof file !== 'string') return;
    draft['stream'] = this.#streamOf(file, '');
    take(COMMON.at.name, 'at', index.json, index.expected);
  }

  #streamOf(file: string, recorder: string): number {
    const known = recorder === '' ? this.#streams.get(file) : undefined;
    if (known !== undefined) return known;
    const stream = this.#origin?.(file, recorder) ?? this.#stream;
    this.#streams.set(file, stream);
    return stream;
  }

  /** Rows that a query left out are lost events: of several streams each may have lost any of them, all together have lost them once. */
  #checkOrder(seq: Value | undefined, next: Event, out: Event[]): void {
    if (typeof seq !== 'number' || seq <= this.#seq) {
      throw this.#refuse(COMMON.seq.name, seq ?? null, `rows in the order of seq${Number.isNaN(this.#seq) ? '' : `, after ${this.#seq}`}`);
    }
    const n = seq - this.#seq - 1;
    this.#seq = seq;
    if (!(n > 0)) return;
    const streams = new Set([...this.#streams.values(), next.stream]);
    const lost = { seq: 0, ns: next.ns, on: -1, tid: -1, vm: undefined, at: next.at, name: 'rows left out', kind: 'meta.lost', cpu: undefined } as const;
    noteEvent(this.#info, { ...lost, stream: next.stream, n });
    for (const stream of streams) out.push({ ...lost, stream, n: streams.size === 1 ? n : undefined });
  }

  /** A value that the kind of its row has no field for. */
  #refuseUnused(columns: Group['columns'], taken: ReadonlyMap<string, number>, rows: number): void {
    for (const name of FIELD_COLUMNS) {
      const cells = columns.get(name);
      if (cells === undefined || cells.count === (taken.get(name) ?? 0)) continue;
      const kinds = columns.get(COMMON.kind.name);
      const fits = (row: number): boolean => TABLES.get(String(kinds?.at(row)))?.fields.some((field) => columnNameOf(field) === name) === true;
      let row = 0;
      while (row < rows && (cells.at(row) === undefined || fits(row))) row++;
      this.#info.lines += row + 1 - rows;
      throw this.#wrong(`${name} = ${cells.at(row)} of ${kinds?.at(row)}`, `no ${name} there`);
    }
  }

  #refuse(column: string, value: unknown, expected: string): never {
    throw this.#wrong(`${column} = ${String(value)}`, expected);
  }

  #wrong(found: string, expected: string): TraceError {
    const shown = found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found;
    return new TraceError(this.#info.file, this.#info.lines, `${shown} in a group of rows at byte ${this.#at}`, expected);
  }
}

const anyText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function headerIn(text: string): ReturnType<typeof headerOf> {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) && record['irqreplay'] === 1 ? headerOf(record) : undefined;
  } catch {
    return undefined;
  }
}

export const parquetFile: Pick<FileFormat, 'read'> = {
  *read(info: StreamInfo, stream: number, bytes: RandomAccess, origin?: Origin): Generator<Event[]> {
    const file = new ParquetFile(info.file, bytes);
    const reader = new RowReader(info, stream, origin);
    reader.begin(file);
    for (const group of file.groups()) yield* reader.events(group);
  },
};
