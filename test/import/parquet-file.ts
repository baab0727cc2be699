// Makes Parquet files in memory, with the program's own sink or with DuckDB, and reads them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Event } from '../../src/event.js';
import type { Header } from '../../src/import/header.js';
import { parquetFile } from '../../src/import/parquet/read.js';
import { ParquetSink } from '../../src/import/parquet/sink.js';
import { FILES } from '../arbitrary-event.js';
import { readFile, type ReadFile } from './binary.js';
import { placed } from './decode.js';

export const HEADER: Header = { base: 123_456_789_012_345_678n, clock: 'seconds', streams: FILES.map((file) => ({ file, recorder: 'trace-cmd report' })) };

export async function written(events: readonly Event[], header = HEADER): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const sink = await ParquetSink.open(async (bytes) => void pieces.push(bytes));
  await sink.write(events, FILES);
  await sink.end(header);
  return Buffer.concat(pieces);
}

interface Read extends ReadFile {
  /** Names of the streams: the file itself, then those it names as sources. */
  readonly files: readonly string[];
}

export function readParquet(bytes: Buffer): Read {
  const files = ['given'];
  const read = readFile({ name: 'parquet', ...parquetFile }, bytes, (file) => (files.includes(file) ? files.indexOf(file) : files.push(file) - 1));
  return { ...read, files };
}

/** Its events with the names of their streams; an error is thrown. */
export function eventsOf(bytes: Buffer): unknown[] {
  const { events, files, error } = readParquet(bytes);
  if (error !== undefined) throw error;
  return events.map((event) => placed(event, files));
}

/** Rows of a query over a Parquet file, which it calls `given.parquet`; what it writes as `out.parquet` comes back. */
export async function duckdb(bytes: Buffer, query: string): Promise<{ rows: Record<string, unknown>[]; out: Buffer | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'irqreplay-duckdb-'));
  try {
    writeFileSync(join(folder, 'given.parquet'), bytes);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const whole = query.replace(/'(given|out)\.parquet'/g, (_, name: string) => `'${join(folder, `${name}.parquet`)}'`);
    const rows = (await connection.runAndReadAll(whole)).getRowObjects();
    connection.closeSync();
    instance.closeSync();
    return { rows, out: query.includes("'out.parquet'") ? readFileSync(join(folder, 'out.parquet')) : undefined };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The file that DuckDB copies out of another. */
export async function copied(bytes: Buffer, { select = "FROM 'given.parquet'", options = '' } = {}): Promise<Buffer> {
  const { out } = await duckdb(bytes, `COPY (${select}) TO 'out.parquet' (FORMAT parquet${options})`);
  if (out === undefined) throw new Error('no file');
  return out;
}
