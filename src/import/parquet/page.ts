// The pages of a column in a group of rows (Parquet format: Data Pages V1 and V2, PLAIN and dictionary encodings).
// Every count is checked against what the group can hold before memory is taken. hyparquet reads the pages' headers here, but not what is in them:
// its readers trust the length of a run and of a Snappy literal, and one wrong byte there exhausts the memory or never ends.

import { parquetHeader } from 'hyparquet/src/column.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { snappyUncompressor } from 'hysnappy';
import type { RandomAccess } from '../random-access.js';
import { Cells, type Value } from './cells.js';
import { readRuns } from './runs.js';

/** How the values of a column are stored. */
export interface Decoding {
  readonly type: 'INT32' | 'INT64' | 'BYTE_ARRAY';
  readonly codec: string;
  /** Integers have no sign. */
  readonly unsigned: boolean;
  /** Rows may be without a value. */
  readonly optional: boolean;
  readonly unpack: RandomAccess['unpack'];
}

/** Unpacked bytes of one page, and values of one dictionary. */
const LARGEST_PAGE = 256 * 1024 * 1024;

type Header = ReturnType<typeof parquetHeader>;

let unsnappy: ReturnType<typeof snappyUncompressor> | undefined;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function unpackPage(packed: Buffer, size: number, { codec, unpack }: Decoding): Buffer {
  if (!(size >= 0 && size <= LARGEST_PAGE)) throw new Error(`a page of ${size} bytes, more than ${LARGEST_PAGE}`);
  if (codec === 'UNCOMPRESSED' || size === 0) return packed;
  if (codec === 'GZIP') return unpack('gzip', packed, size);
  if (codec === 'ZSTD') return unpack('zstd', packed, size);
  if (codec !== 'SNAPPY') throw new Error(`the compression ${codec}, not SNAPPY, ZSTD, GZIP or none`);
  const length = readVarInt({ view: viewOf(packed), offset: 0 });
  if (length !== size) throw new Error(`Snappy data of ${length} bytes in place of ${size}`);
  unsnappy ??= snappyUncompressor();
  return bufferOf(unsnappy(packed, size));
}

const TWO_32 = 2 ** 32;

/** Exact below 2^53, else a bigint. */
function int64(bytes: Buffer, at: number, unsigned: boolean): number | bigint {
  const high = unsigned ? bytes.readUInt32LE(at + 4) : bytes.readInt32LE(at + 4);
  const value = high * TWO_32 + bytes.readUInt32LE(at);
  if (Number.isSafeInteger(value)) return value;
  return unsigned ? bytes.readBigUInt64LE(at) : bytes.readBigInt64LE(at);
}

function int32(bytes: Buffer, at: number, unsigned: boolean): number {
  return unsigned ? bytes.readUInt32LE(at) : bytes.readInt32LE(at);
}

/** Places for texts that were read, a power of two. */
const KEPT = 256;

/** Texts repeat themselves from row to row: most are found by their length and last two bytes, which is faster than to make them. */
function readTexts(bytes: Buffer, count: number): string[] {
  const texts: string[] = [];
  const kept = Array.from({ length: KEPT }, () => ({ from: 0, to: 0, text: '' }));
  for (let i = 0, at = 0; i < count; i++) {
    const from = at + 4;
    const to = from + bytes.readUInt32LE(at);
    if (to > bytes.length) throw new Error('a text that is longer than its page');
    const slot = ((to - from) * 31 + (bytes[to - 1] ?? 0) * 7 + (bytes[to - 2] ?? 0)) & (KEPT - 1);
    let last = kept[slot];
    if (last === undefined || bytes.compare(bytes, last.from, last.to, from, to) !== 0) kept[slot] = last = { from, to, text: bytes.toString('utf8', from, to) };
    texts.push(last.text);
    at = to;
  }
  return texts;
}

function readPlain(bytes: Buffer, count: number, { type, unsigned }: Decoding): Value[] {
  if (type === 'BYTE_ARRAY') return readTexts(bytes, count);
  const [size, read] = type === 'INT32' ? [4, int32] : [8, int64];
  if (count * size > bytes.length) throw new Error(`${bytes.length} bytes for ${count} integers`);
  const values: Value[] = [];
  for (let i = 0; i < count; i++) values.push(read(bytes, i * size, unsigned));
  return values;
}

function readValues(bytes: Buffer, count: number, encoding: string, dictionary: readonly Value[] | undefined, decoding: Decoding): Value[] {
  if (encoding === 'PLAIN') return readPlain(bytes, count, decoding);
  if (encoding !== 'RLE_DICTIONARY' && encoding !== 'PLAIN_DICTIONARY') throw new Error(`the encoding ${encoding}, not PLAIN or a dictionary`);
  const values: Value[] = [];
  for (const index of readRuns(bytes.subarray(1), bytes.readUInt8(0), new Int32Array(count))) {
    const value = dictionary?.[index];
    if (value === undefined) throw new Error(`the place ${index} in a dictionary of ${dictionary?.length ?? 0}`);
    values.push(value);
  }
  return values;
}

function countOnes(levels: Uint8Array): number {
  let ones = 0;
  for (let row = 0; row < levels.length; row++) ones += levels[row] ?? 0;
  return ones;
}

/** Levels first, in one packed page with the values: fills in the levels, and has the bytes of the values. */
function openV1(packed: Buffer, header: Header, levels: Uint8Array | undefined, decoding: Decoding): Buffer {
  const page = unpackPage(packed, header.uncompressed_page_size, decoding);
  if (levels === undefined) return page;
  const end = 4 + page.readUInt32LE(0);
  if (end > page.length) throw new Error('levels that are longer than their page');
  readRuns(page.subarray(4, end), 1, levels);
  return page.subarray(end);
}

/** Levels are not packed, the values are. */
function openV2(packed: Buffer, header: Header, levels: Uint8Array | undefined, decoding: Decoding): Buffer {
  const { repetition_levels_byte_length: repetition = 0, definition_levels_byte_length: definition = 0, is_compressed: isPacked = true } = header.data_page_header_v2 ?? {};
  const start = repetition + definition;
  if (repetition < 0 || definition < 0 || start > packed.length) throw new Error('levels that are longer than their page');
  const size = header.uncompressed_page_size - start;
  if (levels !== undefined) readRuns(packed.subarray(repetition, start), 1, levels);
  const rest = packed.subarray(start);
  return isPacked ? unpackPage(rest, size, decoding) : rest;
}

/** All pages of a column in one group of rows. */
export class ColumnChunk {
  /** Where the page that is being read begins. */
  offset = 0;
  readonly #bytes: Buffer;
  readonly #rows: number;
  readonly #decoding: Decoding;
  readonly #levels: Uint8Array | undefined;
  readonly #values: Value[][] = [];
  #dictionary: readonly Value[] | undefined;

  constructor(bytes: Buffer, rows: number, decoding: Decoding) {
    this.#bytes = bytes;
    this.#rows = rows;
    this.#decoding = decoding;
    this.#levels = decoding.optional ? new Uint8Array(rows) : undefined;
  }

  /** Undefined if no row has a value. */
  read(): Cells | undefined {
    const reader = { view: viewOf(this.#bytes), offset: 0 };
    for (let rows = 0; rows < this.#rows; ) {
      this.offset = reader.offset;
      const header = parquetHeader(reader);
      const size = header.compressed_page_size;
      if (!(size >= 0 && reader.offset + size <= this.#bytes.length)) throw new Error(`a page of ${size} bytes where ${this.#bytes.length - reader.offset} are left`);
      const page = this.#bytes.subarray(reader.offset, (reader.offset += size));
      if (header.type === 'DICTIONARY_PAGE') this.#readDictionary(header, page);
      else rows += this.#readRows(header, page, rows);
    }
    const [first, ...more] = this.#values;
    return first === undefined ? undefined : new Cells(more.length === 0 ? first : this.#values.flat(), this.#levels);
  }

  #readDictionary(header: Header, packed: Buffer): void {
    const page = unpackPage(packed, header.uncompressed_page_size, this.#decoding);
    this.#dictionary = readPlain(page, header.dictionary_page_header?.num_values ?? 0, this.#decoding);
  }

  /** The number of rows, which begin at `from`. */
  #readRows(header: Header, packed: Buffer, from: number): number {
    const data = header.data_page_header ?? header.data_page_header_v2;
    if (data === undefined) throw new Error(`a page of type ${header.type}`);
    const count = data.num_values;
    if (!(count > 0 && count <= this.#rows - from)) throw new Error(`a page of ${count} rows where ${this.#rows - from} are left`);
    const levels = this.#levels?.subarray(from, from + count);
    const values = (header.data_page_header_v2 === undefined ? openV1 : openV2)(packed, header, levels, this.#decoding);
    // most columns have no value: to find that out is much faster than to count
    if (levels?.includes(1) === false) return count;
    const present = levels === undefined ? count : countOnes(levels);
    this.#values.push(readValues(values, present, data.encoding, this.#dictionary, this.#decoding));
    return count;
  }
}
