// Makes Parquet files in memory, with the program's own sink or with DuckDB, and reads them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Event } from '../../src/event.js';
import type { Header } from '../../src/import/header.js';
import { parseIrq } from '../../src/import/irq.js';
import { parquetFile } from '../../src/import/parquet/read.js';
import { ParquetSink } from '../../src/import/parquet/sink.js';
import { FILES } from '../arbitrary-event.js';
import { readFile, type ReadFile } from './binary.js';
import { placed } from './decode.js';

export const HEADER: Header = { base: 123_456_789_012_345_678n, clock: 'seconds', streams: FILES.map((file) => ({ file, recorder: 'trace-cmd report' })) };

/** One of each thing that the columns hold in a way of their own. */
export const SAMPLE = parseIrq(
  `@0 meta.note text="a b"
@5 on=1 tid=7 kvm.set_irq gsi=24 level=1 source=0
@6 msix.write fn=0000:00:04.0 entry=2 field=addr val=0xffffffffffffffff len=8
@-7 pic.eoi pin=ns
virtio.vec.write fn=a q=cfg val=65535
@9 vm=two kvm.msi addr=0xfee01000 data=65
@10 kvm.set_irq gsi=24 level=0 source=0
`,
  FILES[0],
).events;

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
