// Parquet: events survive the way into a file and back, DuckDB reads the same values, what DuckDB writes is read, what is wrong is named.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { TraceError } from '../../src/import/format.js';
import { TABLES } from '../../src/import/fields.js';
import { headerToRecord } from '../../src/import/ndjson-write.js';
import { parquet } from '../../src/import/parquet.js';
import { COLUMNS, columnNameOf, HEADER_KEY } from '../../src/import/parquet/columns.js';
import { arbitraryEvent, FILES } from '../arbitrary-event.js';
import { placed } from './decode.js';
import { copied, duckdb, eventsOf, HEADER, readParquet, SAMPLE, written } from './parquet-file.js';

const PLACED = SAMPLE.map((event) => placed(event, FILES));

/** Several of every kind, the same in every run. */
const EVERY = fc.sample(arbitraryEvent, { numRuns: 1500, seed: 3 });

/** What a row of Parquet must hold of an event. */
function rowOf(event: Event, seq: number): Record<string, unknown> {
  const { ns, on, tid, vm, kind, stream, at, name } = event;
  const row: Record<string, unknown> = { seq, kind, vm, src_file: FILES[stream], src_at: at, src_event: name };
  if (!Number.isNaN(ns)) row['ns'] = ns;
  if (on !== -1) row['on_cpu'] = on;
  if (tid !== -1) row['tid'] = tid;
  for (const field of TABLES.get(kind)?.fields ?? []) {
    const value: unknown = Reflect.get(event, field.name);
    const isWord = (field.type === 'queue' && value === 'cfg') || (field.type === 'picpin' && value === 'ns');
    row[columnNameOf(field)] = isWord ? -1 : typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
  }
  return present(row);
}

/** Columns with a value; DuckDB's integers are bigints, and its client drops a byte order mark that DuckDB keeps. */
function present(row: Record<string, unknown>): Record<string, unknown> {
  const cells = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(cells.map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : typeof value === 'string' ? value.replace(/^\uFEFF/, '') : value]));
}

/** What a message says, or that there was none. */
const refusal = (bytes: Buffer): string => {
  const { error } = readParquet(bytes);
  return error instanceof TraceError ? error.message : `no TraceError: ${String(error)}`;
};

describe('a file of our own', () => {
  test('gives back every event, exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent, { maxLength: 12 }), async (given) => {
        expect(eventsOf(await written(given))).toEqual(given.map((event) => placed(event, FILES)));
      }),
      { numRuns: 150 },
    );
  });

  test('gives back the header', async () => {
    const { info, files } = readParquet(await written(SAMPLE));
    expect(info).toMatchObject({ base: HEADER.base, clock: 'seconds', recorder: 'trace-cmd report', lines: SAMPLE.length });
    expect(files).toEqual(['given', ...FILES]);
  });

  test('may be empty', async () => {
    expect(eventsOf(await written([]))).toEqual([]);
  });

  test('has groups of 24,576 rows, in one order', async () => {
    const [event] = SAMPLE.slice(1);
    if (event === undefined) throw new Error('no event');
    const many = Array.from({ length: 140_000 }, (_, i): Event => ({ ...event, ns: i }));
    const bytes = await written(many);
    const { events } = readParquet(bytes);
    expect(events.map(({ ns }) => ns)).toEqual(many.map(({ ns }) => ns));
    const { rows } = await duckdb(bytes, "SELECT row_group_id AS id, row_group_num_rows AS n FROM parquet_metadata('given.parquet') GROUP BY ALL ORDER BY id");
    expect(rows.map(({ n }) => n)).toEqual([24_576n, 24_576n, 24_576n, 24_576n, 24_576n, 17_120n]);
  });

  test('may hold texts of any length', async () => {
    const long = SAMPLE.slice(0, 1).map((event): Event => ({ ...event, name: 'é'.repeat(3_000_000) }));
    const many = [...long, ...SAMPLE, ...Array.from({ length: 12 }, () => long).flat()];
    const bytes = await written(many);
    expect(eventsOf(bytes)).toEqual(many.map((event) => placed(event, FILES)));
    // pages of 6,000,000 characters, of which six are more than 32 Mi
    const { rows } = await duckdb(bytes, "SELECT DISTINCT row_group_id AS id, row_group_num_rows AS n FROM parquet_metadata('given.parquet') ORDER BY id");
    expect(rows.map(({ n }) => n)).toEqual([19n, 1n]);
  });

  test('is told by its first bytes', async () => {
    expect(parquet.detect(await written([]))).toBe(true);
    expect(parquet.detect(Buffer.from('{"irqreplay":1}'))).toBe(false);
  });
});

describe('DuckDB', () => {
  test('reads the same values, of every kind', async () => {
    expect(new Set(EVERY.map(({ kind }) => kind)).size).toBe(TABLES.size);
    const events = [...SAMPLE, ...EVERY];
    const { rows } = await duckdb(await written(events), "FROM 'given.parquet' ORDER BY seq");
    expect(rows.map(present)).toEqual(events.map(rowOf));
  });

  test('has the columns that the page of columns lists', async () => {
    const { rows } = await duckdb(await written(SAMPLE.slice(2, 4)), "SELECT kind, addr, val_hex, ns, pin, on_cpu, tid, src_file, src_at, src_event FROM 'given.parquet'");
    expect(rows.map(present)).toEqual([
      { kind: 'msix.write', val_hex: '0xffffffffffffffff', ns: 6, src_file: FILES[0], src_at: 3, src_event: 'msix.write' },
      { kind: 'pic.eoi', ns: -7, pin: -1, src_file: FILES[0], src_at: 4, src_event: 'pic.eoi' },
    ]);
  });

  test('computes with unsigned 64-bit numbers, and needs no quotes around a column', async () => {
    const bytes = await written(SAMPLE);
    const { rows } = await duckdb(bytes, "SELECT max(val_hex::UBIGINT) AS val, max(addr::UBIGINT & 16773120) AS addr FROM 'given.parquet'");
    expect(rows).toEqual([{ val: 2n ** 64n - 1n, addr: 0xe01000n }]);
    const all = await duckdb(bytes, `SELECT ${COLUMNS.map(({ name }) => name).join(', ')} FROM 'given.parquet'`);
    expect(all.rows).toHaveLength(SAMPLE.length);
  });

  test('copies every kind, over many pages', async () => {
    const [usual] = SAMPLE.slice(1);
    if (usual === undefined) throw new Error('no event');
    // a page ends with row 8191: some columns have a value there alone, some in one page of three
    const many = Array.from({ length: 20_000 }, (_, row) => (row % 8192 > 8100 ? EVERY[(row * 7) % EVERY.length] : undefined) ?? usual);
    const bytes = await written(many);
    const expected = many.map((event) => placed(event, FILES));
    expect(eventsOf(bytes)).toEqual(expected);
    expect(eventsOf(await copied(bytes, { select: "FROM 'given.parquet' ORDER BY seq" }))).toEqual(expected);
  });

  test.each(['', ', COMPRESSION zstd', ', COMPRESSION gzip', ', COMPRESSION uncompressed', ', ROW_GROUP_SIZE 2048'])('writes what is read (%s)', async (options) => {
    const many = Array.from({ length: 700 }, () => SAMPLE).flat();
    expect(eventsOf(await copied(await written(many), { options }))).toEqual(Array.from({ length: 700 }, () => PLACED).flat());
  });

  test('keeps the header if told to', async () => {
    const options = `, KV_METADATA {${HEADER_KEY}: '${JSON.stringify(headerToRecord(HEADER))}'}`;
    expect(readParquet(await copied(await written(SAMPLE), { options })).info).toMatchObject({ base: HEADER.base, clock: 'seconds' });
    expect(readParquet(await copied(await written(SAMPLE))).info).toMatchObject({ base: 0n, clock: 'ns', recorder: expect.stringContaining('DuckDB') });
  });

  test('may use other integer types, numbers for addresses, and columns of its own', async () => {
    const select = "SELECT * REPLACE (gsi::INTEGER AS gsi, val_hex::UBIGINT AS val_hex, addr::UBIGINT AS addr), ns - lag(ns) OVER (ORDER BY seq) AS gap FROM 'given.parquet' ORDER BY seq";
    expect(eventsOf(await copied(await written(SAMPLE), { select }))).toEqual(PLACED);
  });
});

describe('rows that were left out', () => {
  const select = "FROM 'given.parquet' WHERE gsi = 24 OR kind = 'pic.eoi' ORDER BY seq";

  test('are lost events of every stream known', async () => {
    const { events, info, files } = readParquet(await copied(await written(SAMPLE), { select }));
    expect(events.map(({ kind }) => kind)).toEqual(['kvm.set_irq', 'meta.lost', 'pic.eoi', 'meta.lost', 'kvm.set_irq']);
    expect(events.flatMap((event) => (event.kind === 'meta.lost' ? [[event.n, files[event.stream]]] : []))).toEqual([[1, FILES[0]], [2, FILES[0]]]);
    expect(info).toMatchObject({ lossMarks: 2, lostEvents: 3 });
  });

  test('also of streams that only the header names', async () => {
    const options = `, KV_METADATA {${HEADER_KEY}: '${JSON.stringify(headerToRecord(HEADER))}'}`;
    const { events, info, files } = readParquet(await copied(await written(SAMPLE), { select, options }));
    expect(events.filter(({ kind }) => kind === 'meta.lost').map(({ stream }) => files[stream])).toEqual([...FILES, ...FILES]);
    // three rows: how many of which stream is not known, and they are counted once
    expect(events.flatMap((event) => (event.kind === 'meta.lost' ? [event.n] : []))).toEqual([...FILES, ...FILES].map(() => undefined));
    expect(info).toMatchObject({ lossMarks: 2, lostEvents: 3 });
  });
});

describe('what is wrong is named', () => {
  test.each([
    ["SELECT * FROM 'given.parquet' ORDER BY seq DESC", 'found "seq = 4', 'rows in the order of seq, after 5'],
    ["SELECT * EXCLUDE (kind) FROM 'given.parquet'", 'found "no column kind', 'schemas/event.parquet.md'],
    ["SELECT * EXCLUDE (seq) FROM 'given.parquet'", 'found "no column seq', 'schemas/event.parquet.md'],
    ["SELECT * REPLACE (NULL::BIGINT AS seq) FROM 'given.parquet'", 'found "seq = null', 'rows in the order of seq'],
    ["SELECT 1 AS a, 'b' AS c", 'found "no column seq', 'schemas/event.parquet.md'],
    ["SELECT * REPLACE (make_timestamp(ns) AS ns) FROM 'given.parquet'", 'the column ns of type INT64 TIMESTAMP', 'of integers or text'],
    ["SELECT * REPLACE (gsi::DECIMAL(18, 2) AS gsi) FROM 'given.parquet'", 'the column gsi of type INT64 DECIMAL', 'of integers or text'],
    ["SELECT * REPLACE ('kvm.setirq' AS kind) FROM 'given.parquet'", 'found "the kind kvm.setirq', 'nearest: kvm.set_irq'],
    ["SELECT * REPLACE (NULL::VARCHAR AS kind) FROM 'given.parquet'", 'found "the kind null', 'an event kind'],
    ["SELECT * EXCLUDE (gsi) FROM 'given.parquet'", 'kvm.set_irq without gsi', 'gsi, an integer'],
    ["SELECT * REPLACE (-2 AS gsi) FROM 'given.parquet' WHERE seq = 1", 'found "gsi = -2', 'an integer from 0'],
    ["SELECT * REPLACE ('-0x1' AS val_hex) FROM 'given.parquet' WHERE seq = 2", 'val_hex = -0x1', 'an unsigned integer below 2^64'],
    ["SELECT * REPLACE (4 AS pin) FROM 'given.parquet'", 'found "pin = 4 of meta.note', 'no pin there'],
    ["SELECT * REPLACE (1.5::DOUBLE AS gsi) FROM 'given.parquet'", 'the column gsi of type DOUBLE', 'INT32 or INT64'],
    ["SELECT * REPLACE ([1] AS gsi) FROM 'given.parquet'", 'the column gsi of type a group', 'INT32 or INT64'],
    ["SELECT * REPLACE ((1::UBIGINT << 63) AS ns) FROM 'given.parquet' WHERE seq = 1", 'ns = 9223372036854775808', 'below 2^53'],
  ])('%s', async (select, found, expected) => {
    const message = refusal(await copied(await written(SAMPLE.slice(0, 6)), { select }));
    expect(message).toContain(found);
    expect(message).toContain(expected);
    expect(message).toMatch(/at byte \d+/);
  });

  test('encodings and compressions that are not read', async () => {
    const bytes = await written(SAMPLE);
    expect(refusal(await copied(bytes, { options: ', PARQUET_VERSION v2' }))).toMatch(/the encoding \w+, not PLAIN or a dictionary in the column \w+ at byte \d+/);
    expect(refusal(await copied(bytes, { options: ', COMPRESSION lz4_raw' }))).toContain('the compression LZ4_RAW, not SNAPPY, ZSTD, GZIP or none');
  });

  test.each(['{"irqreplay":1,"clock":"hours"}', '{"irqreplay":2}', '{'])('a header that is none: %s', async (text) => {
    expect(refusal(await copied(await written(SAMPLE), { options: `, KV_METADATA {${HEADER_KEY}: '${text}'}` }))).toContain('expected a header');
  });

  test('the end of a file that is no Parquet file', () => {
    expect(refusal(Buffer.from('PAR1 and then something else'))).toBe('given:28: found "\\"else\\" at byte 28", expected PAR1, the end of a whole Parquet file');
    expect(refusal(Buffer.from('PAR1'))).toContain('expected PAR1');
    expect(refusal(Buffer.concat([Buffer.from('PAR1'), Buffer.from([0xff, 0xff, 0xff, 0x7f]), Buffer.from('PAR1')]))).toContain('found "metadata of 2147483647 bytes at byte 4');
  });
});
