// The one place that writes Parquet (format 1.0, data pages V2), with parquetjs-lite and those of its types alone that it stores exactly:
// INT64 of integers below 2^53, and UTF8. It takes whole columns: made of row after row they cost it forty times as much.

import type { ColumnData, Library, ParquetEnvelopeWriter, ParquetWriter, RowBuffer } from 'parquetjs-lite';
import type { Event } from '../../event.js';
import { TABLES, type Field } from '../fields.js';
import type { Header } from '../header.js';
import { headerToRecord } from '../ndjson-write.js';
import { COLUMNS, columnNameOf, COMMON, HEADER_KEY, wordOf, type Column } from './columns.js';

/** Rows of one page: the library takes time that grows with the square of them to pack which rows have a value. */
const PAGE_ROWS = 8192;
const GROUP_ROWS = 24_576;
/** Characters of text that end a page before, and a group. */
const PAGE_CHARACTERS = 4 * 1024 * 1024;
const GROUP_CHARACTERS = 32 * 1024 * 1024;
/** Texts of a column in a page that are made into bytes once. */
const MOST_TEXTS = 1024;

/** To be copied: an array of zeros takes ten times as long to make. */
const NO_VALUES: readonly number[] = Array.from({ length: PAGE_ROWS }, () => 0);
const ALL_VALUES: readonly number[] = NO_VALUES.map(() => 1);

type Put = (bytes: Buffer) => Promise<void>;

/** Values of one column in the page under way, and the rows they stand in. */
class ColumnValues {
  readonly values: ColumnData['values'] = [];
  readonly #rows: number[] = [];
  readonly #texts = new Map<string, ArrayBuffer>();
  readonly #required: boolean;

  constructor({ required }: Column) {
    this.#required = required;
  }

  add(row: number, value: number | string): void {
    if (!this.#required) this.#rows.push(row);
    this.values.push(typeof value === 'string' ? this.#shared(value) : value);
  }

  /** The library makes a buffer of each text: of bytes that are there already, without a copy. */
  #shared(text: string): ArrayBuffer | string {
    const known = this.#texts.get(text);
    if (known !== undefined || this.#texts.size >= MOST_TEXTS) return known ?? text;
    const { buffer } = new Uint8Array(Buffer.from(text));
    this.#texts.set(text, buffer);
    return buffer;
  }

  /** 1 where a row has a value. */
  levels(rows: number): number[] {
    if (this.#required) return ALL_VALUES.slice(0, rows);
    const levels = NO_VALUES.slice(0, rows);
    for (const row of this.#rows) levels[row] = 1;
    return levels;
  }
}

interface FieldColumn {
  readonly field: Field;
  readonly column: string;
  readonly word: string | undefined;
}

const FIELD_COLUMNS: ReadonlyMap<string, readonly FieldColumn[]> = new Map(
  [...TABLES].map(([kind, { fields }]) => [kind, fields.map((field) => ({ field, column: columnNameOf(field), word: wordOf(field) }))]),
);

/** As the column holds it. */
function storedValue(value: unknown, word: string | undefined): number | string {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (typeof value === 'number') return value;
  return value === word ? -1 : String(value);
}

/** A text that was thrown is an error. */
const asError = (thrown: unknown): unknown => (typeof thrown === 'string' ? new Error(`parquetjs-lite: ${thrown}`) : thrown);

export class ParquetSink {
  readonly #writer: ParquetWriter;
  readonly #envelope: ParquetEnvelopeWriter;
  readonly #written: Buffer[] = [];
  readonly #put: Put;
  #group = newGroup();
  #columns = newColumns();
  #rows = 0;
  #characters = 0;
  #groupCharacters = 0;
  #seq = 0;

  private constructor({ ParquetSchema, ParquetEnvelopeWriter, ParquetWriter }: Library, put: Put) {
    const schema = new ParquetSchema(Object.fromEntries(COLUMNS.map((column) => [column.name, definitionOf(column)])));
    this.#envelope = new ParquetEnvelopeWriter(schema, (bytes) => void this.#written.push(bytes), () => {}, 0, { pageIndex: false });
    this.#writer = new ParquetWriter(schema, this.#envelope, { rowGroupSize: Infinity });
    this.#put = put;
  }

  /** `put` takes the bytes of the file in their order. The library is loaded only here. */
  static async open(put: Put): Promise<ParquetSink> {
    return new ParquetSink((await import('parquetjs-lite')).default, put);
  }

  /** `files` names the streams. */
  async write(events: readonly Event[], files: readonly string[]): Promise<void> {
    for (const event of events) {
      this.#add(event, files[event.stream]);
      if (this.#rows >= PAGE_ROWS || this.#characters >= PAGE_CHARACTERS) await this.#endPage();
    }
  }

  async end(header: Header): Promise<void> {
    await this.#endPage();
    await this.#endGroup();
    this.#writer.rowBuffer = {};
    this.#writer.setMetadata(HEADER_KEY, JSON.stringify(headerToRecord(header)));
    await this.#call(() => this.#writer.close());
  }

  #add(event: Event, file: string | undefined): void {
    this.#set(COMMON.seq.name, this.#seq++);
    this.#set(COMMON.kind.name, event.kind);
    if (!Number.isNaN(event.ns)) this.#set(COMMON.ns.name, event.ns);
    if (event.on !== -1) this.#set(COMMON.on.name, event.on);
    if (event.tid !== -1) this.#set(COMMON.tid.name, event.tid);
    if (event.vm !== undefined) this.#set(COMMON.vm.name, event.vm);
    if (file !== undefined) {
      this.#set(COMMON.file.name, file);
      this.#set(COMMON.at.name, event.at);
      this.#set(COMMON.event.name, event.name);
    }
    for (const { field, column, word } of FIELD_COLUMNS.get(event.kind) ?? []) {
      const value: unknown = Reflect.get(event, field.name);
      if (value !== undefined) this.#set(column, storedValue(value, word));
    }
    this.#rows++;
  }

  #set(name: string, value: number | string): void {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`columns.ts lists no ${name}`);
    column.add(this.#rows, value);
    if (typeof value === 'string') this.#characters += value.length;
  }

  /** The library encodes a page when a row fills it: all but the last row are put in place as columns. */
  async #endPage(): Promise<void> {
    if (this.#rows === 0) return;
    const { last, empty } = fillPage(this.#group, this.#columns, this.#rows);
    this.#writer.rowBuffer = this.#group;
    this.#envelope.setPageSize(this.#rows);
    await this.#call(() => this.#writer.appendRow(last));
    shareNulls(this.#group, empty);
    this.#groupCharacters += this.#characters;
    this.#columns = newColumns();
    this.#rows = this.#characters = 0;
    if (this.#group.rowCount > GROUP_ROWS - PAGE_ROWS || this.#groupCharacters >= GROUP_CHARACTERS) await this.#endGroup();
  }

  async #endGroup(): Promise<void> {
    const group = this.#group;
    this.#group = newGroup();
    this.#groupCharacters = 0;
    if (group.rowCount > 0) await this.#call(async () => this.#envelope.writeRowGroup(group));
  }

  async #call(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      throw asError(error);
    }
    for (const bytes of this.#written.splice(0)) await this.#put(bytes);
  }
}

const newColumns = (): Map<string, ColumnValues> => new Map(COLUMNS.map((column) => [column.name, new ColumnValues(column)]));

const newGroup = (): RowBuffer => ({ rowCount: 0, pageRowCount: 0, columnData: {}, pages: Object.fromEntries(COLUMNS.map(({ name }) => [name, []])) });

const definitionOf = ({ storage, required }: Column) =>
  ({ type: storage === 'integer' ? 'INT64' : 'UTF8', optional: !required, compression: 'SNAPPY', statistics: false }) as const;

const plain = (value: ColumnData['values'][number] | undefined): unknown => (value instanceof ArrayBuffer ? Buffer.from(value) : value);

/** Puts all rows but the last into the group; of the columns without a value only the first is whole. */
function fillPage(group: RowBuffer, columns: ReadonlyMap<string, ColumnValues>, rows: number): { last: Record<string, unknown>; empty: string[] } {
  const last: Record<string, unknown> = {};
  const empty: string[] = [];
  for (const [name, column] of columns) {
    if (column.values.length === 0) empty.push(name);
    const levels = column.values.length === 0 && empty.length > 1 ? [] : column.levels(rows);
    if (levels.pop() === 1) last[name] = plain(column.values.pop());
    group.columnData[name] = { dlevels: levels, rlevels: [], values: column.values, distinct_values: new Set(), count: levels.length };
  }
  group.rowCount += rows - 1;
  group.pageRowCount = rows - 1;
  return { last, empty };
}

/** All columns without a value have the page of the first: to encode each of a hundred would take a third of the time. */
function shareNulls({ pages }: RowBuffer, [first, ...others]: readonly string[]): void {
  const page = pages[first ?? '']?.at(-1);
  if (page !== undefined) for (const name of others) pages[name]?.splice(-1, 1, page);
}
