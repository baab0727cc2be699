// A Parquet file's metadata (at its end), checked, and its columns group by group. hyparquet decodes the Thrift structures.

import { parquetMetadata, type ColumnMetaData, type FileMetaData, type RowGroup, type SchemaElement } from 'hyparquet';
import { TraceError } from '../format.js';
import type { RandomAccess } from '../random-access.js';
import type { Cells } from './cells.js';
import { COLUMNS, type Column } from './columns.js';
import { ColumnChunk, type Decoding } from './page.js';

/** A million rows is what pyarrow writes into a group; DuckDB 122,880, this program 24,576. */
const MOST_ROWS = 1_048_576;
const LARGEST_METADATA = 256 * 1024 * 1024;
const LARGEST_CHUNK = 512 * 1024 * 1024;
const TAIL = 8;
const MAGIC = 'PAR1';

/** Columns of one group by name; those without any value are left out. */
export interface Group {
  /** Where in the file its first column begins. */
  readonly at: number;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Cells>;
}

const TYPES: Readonly<Record<Column['storage'], readonly string[]>> = {
  integer: ['INT32', 'INT64'],
  text: ['BYTE_ARRAY'],
  hex: ['BYTE_ARRAY', 'INT64'],
};
const WANTED: ReadonlyMap<string, Column> = new Map(COLUMNS.map((column) => [column.name, column]));

const isPhysical = (type: string | undefined): type is Decoding['type'] => type === 'INT32' || type === 'INT64' || type === 'BYTE_ARRAY';
/** Neither decimals nor times, whose numbers count something else. */
const isPlain = ({ converted_type: converted = 'UTF8', logical_type: logical = { type: 'STRING' } }: SchemaElement): boolean =>
  /^(?:U?INT_\d+|UTF8)$/.test(converted) && (logical.type === 'STRING' || logical.type === 'INTEGER');
const typeOf = ({ type, converted_type: converted, logical_type: logical }: SchemaElement): string => [type ?? 'a group', logical?.type ?? converted ?? []].flat().join(' ');
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class ParquetFile {
  readonly #file: string;
  readonly #bytes: RandomAccess;
  readonly #metadata: FileMetaData;
  readonly #schema: ReadonlyMap<string, SchemaElement>;
  /** Where the metadata begin. */
  readonly #end: number;

  /** `file` is named in errors. */
  constructor(file: string, bytes: RandomAccess) {
    this.#file = file;
    this.#bytes = bytes;
    const tail = this.#read(Math.max(0, bytes.size - TAIL), Math.min(TAIL, bytes.size));
    const length = tail.length < TAIL ? 0 : tail.readUInt32LE(0);
    if (tail.toString('latin1', 4) !== MAGIC) throw this.#error(bytes.size, JSON.stringify(tail.toString('latin1', 4)), `${MAGIC}, the end of a whole Parquet file`);
    this.#end = bytes.size - TAIL - length;
    if (this.#end < MAGIC.length || length > LARGEST_METADATA) throw this.#error(bytes.size - TAIL, `metadata of ${length} bytes`, 'metadata that fit into the file');
    this.#metadata = this.#attempt(this.#end, 'the metadata', () => parquetMetadata(this.#read(this.#end, length + TAIL), { geoparquet: false }));
    this.#schema = this.#attempt(this.#end, 'the metadata', () => new Map(this.#metadata.schema.slice(1).map((element) => [element.name, element])));
    this.#checkColumns();
  }

  /** What the writer put beside the data. */
  metadata(key: string): string | undefined {
    return this.#metadata.key_value_metadata?.find((each) => each.key === key)?.value;
  }

  get createdBy(): string {
    return this.#metadata.created_by ?? 'an unknown writer';
  }

  *groups(): Generator<Group> {
    for (const group of this.#metadata.row_groups) yield this.#attempt(this.#end, 'the metadata of a group', () => this.#group(group));
  }

  #group({ num_rows, columns: chunks }: RowGroup): Group {
    const rows = Number(num_rows);
    if (!(rows >= 0 && rows <= MOST_ROWS)) throw this.#error(this.#end, `a group of ${rows} rows`, `at most ${MOST_ROWS}`);
    const columns = new Map<string, Cells>();
    for (const { meta_data: chunk } of chunks) {
      const name = chunk === undefined || chunk.path_in_schema.length !== 1 ? undefined : chunk.path_in_schema[0];
      const column = name === undefined ? undefined : WANTED.get(name);
      if (chunk === undefined || column === undefined) continue;
      const cells = this.#column(column, chunk, rows);
      if (cells !== undefined) columns.set(column.name, cells);
    }
    return { at: Number(chunks[0]?.meta_data?.data_page_offset ?? 0), rows, columns };
  }

  #checkColumns(): void {
    for (const { name, required, storage } of COLUMNS) {
      const element = this.#schema.get(name);
      if (element === undefined) {
        if (required) throw this.#error(this.#end, `no column ${name}`, 'the columns of schemas/event.parquet.md');
      } else if (!TYPES[storage].includes(element.type ?? 'a group') || element.repetition_type === 'REPEATED' || !isPlain(element)) {
        throw this.#error(this.#end, `the column ${name} of type ${typeOf(element)}`, `${TYPES[storage].join(' or ')} of integers or text`);
      }
    }
  }

  #column({ name }: Column, chunk: ColumnMetaData, rows: number): Cells | undefined {
    const element = this.#schema.get(name);
    const { codec } = chunk;
    // as in hyparquet: some writers give 0 for a dictionary that is not there
    const from = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const size = Number(chunk.total_compressed_size);
    if (!(from >= MAGIC.length && size >= 0 && size <= LARGEST_CHUNK && from + size <= this.#end)) {
      throw this.#error(this.#end, `the column ${name} at ${from}, ${size} bytes`, `a place within the file and at most ${LARGEST_CHUNK} bytes`);
    }
    const type = element?.type;
    if (!isPhysical(type) || element === undefined) throw this.#error(this.#end, `the column ${name} of type ${type}`, 'a type as in the schema');
    const unsigned = element.converted_type?.startsWith('UINT') === true || (element.logical_type?.type === 'INTEGER' && !element.logical_type.isSigned);
    const decoding: Decoding = { type, codec, unsigned, optional: element.repetition_type === 'OPTIONAL', unpack: this.#bytes.unpack };
    const pages = new ColumnChunk(this.#read(from, size), rows, decoding);
    try {
      return pages.read();
    } catch (error) {
      throw this.#error(from + pages.offset, `${reason(error)} in the column ${name}`, 'a sound page');
    }
  }

  /** Damaged metadata may hold anything, whatever its types say. */
  #attempt<T>(at: number, what: string, step: () => T): T {
    try {
      return step();
    } catch (error) {
      if (error instanceof TraceError) throw error;
      throw this.#error(at, `${what}: ${reason(error)}`, 'sound Parquet metadata');
    }
  }

  #read(from: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, this.#bytes.read(bytes, from));
  }

  #error(at: number, found: string, expected: string): TraceError {
    return new TraceError(this.#file, at, `${found} at byte ${at}`, expected);
  }
}
