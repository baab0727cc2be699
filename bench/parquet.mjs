// Speed of the Parquet form: CPU time per event of our sink (parquetjs-lite) as a ratio to hyparquet-writer with the same columns, group size and
// compression, in the same run; and of reading, as a ratio to hyparquet's own reader of the same file.
// usage: npm run bench:parquet [-- --events N] [FILE]

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { Recording } from '../dist/commands/recording.js';
import { COLUMNS, columnNameOf, COMMON, wordOf } from '../dist/import/parquet/columns.js';
import { ParquetSink } from '../dist/import/parquet/sink.js';
import { TABLES } from '../dist/import/fields.js';

const RUNS = 5;
const GROUP = 24_576;
const BATCH = 4096;
const here = new URL('.', import.meta.url).pathname;
const args = process.argv.slice(2);
const at = args.indexOf('--events');
const count = at < 0 ? 300_000 : Number(args.splice(at, 2)[1]);
const scratch = mkdtempSync(join(tmpdir(), 'irqreplay-parquet-'));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** CPU time in µs. */
async function cpu(step) {
  const before = process.cpuUsage();
  await step();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function ours({ events, files, header }, out) {
  const sink = await ParquetSink.open(async (bytes) => appendFileSync(out, bytes));
  for (let i = 0; i < events.length; i += BATCH) await sink.write(events.slice(i, i + BATCH), files);
  await sink.end(header);
}

const fieldsOf = new Map([...TABLES].map(([kind, { fields }]) => [kind, fields.map((field) => ({ name: field.name, column: columnNameOf(field), word: wordOf(field) }))]));
const storageOf = new Map(COLUMNS.map(({ name, storage }) => [name, storage]));
const stored = (name, value, word) =>
  typeof value === 'bigint' ? `0x${value.toString(16)}` : storageOf.get(name) === 'integer' ? BigInt(value === word ? -1 : value) : value;

function columnsOf(events, files, seq) {
  const columns = new Map(COLUMNS.map(({ name }) => [name, Array.from({ length: events.length })]));
  const set = (row, name, value, word) => (columns.get(name)[row] = stored(name, value, word));
  for (const [row, event] of events.entries()) {
    set(row, 'seq', seq + row);
    set(row, 'kind', event.kind);
    if (!Number.isNaN(event.ns)) set(row, 'ns', event.ns);
    if (event.on !== -1) set(row, COMMON.on.name, event.on);
    if (event.tid !== -1) set(row, 'tid', event.tid);
    set(row, COMMON.file.name, files[event.stream]);
    set(row, COMMON.at.name, event.at);
    set(row, COMMON.event.name, event.name);
    for (const { name, column, word } of fieldsOf.get(event.kind)) if (event[name] !== undefined) set(row, column, event[name], word);
  }
  return COLUMNS.map(({ name }) => ({ name, data: columns.get(name), encoding: 'PLAIN', offsetIndex: false }));
}

async function theirs({ events, files }, out) {
  const writer = new ByteWriter();
  const schema = [
    { name: 'root', num_children: COLUMNS.length },
    ...COLUMNS.map(({ name, storage, required }) => ({
      name,
      repetition_type: required ? 'REQUIRED' : 'OPTIONAL',
      ...(storage === 'integer' ? { type: 'INT64' } : { type: 'BYTE_ARRAY', converted_type: 'UTF8' }),
    })),
  ];
  const parquet = new ParquetWriter({ writer, schema, codec: 'SNAPPY', statistics: false });
  for (let i = 0; i < events.length; i += GROUP) {
    parquet.write({ columnData: columnsOf(events.slice(i, i + GROUP), files, i), rowGroupSize: GROUP });
  }
  parquet.finish();
  writeFileSync(out, Buffer.from(writer.getBuffer()));
}

async function load(path) {
  const recording = await Recording.open([path]);
  const events = [];
  for await (const batch of recording.events()) events.push(...batch);
  return { events, files: recording.files, header: recording.header() };
}

async function readOurs(path) {
  let n = 0;
  for await (const batch of (await Recording.open([path])).events()) n += batch.length;
  return n;
}

async function readTheirs(path) {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return (await parquetReadObjects({ file })).length;
}

async function compare(steps) {
  const times = Object.fromEntries(Object.keys(steps).map((name) => [name, []]));
  // alternating, so that a change of load meets all
  for (let run = 0; run < RUNS; run++) for (const [name, step] of Object.entries(steps)) times[name].push(await cpu(step));
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

try {
  const [given] = args;
  const path = given ?? join(scratch, 'generated.txt');
  if (given === undefined) execFileSync(process.execPath, [join(here, 'generate.mjs'), String(count), path]);
  const recording = await load(path);
  const n = recording.events.length;
  const [a, b] = [join(scratch, 'ours.parquet'), join(scratch, 'theirs.parquet')];
  const fresh = (out, step) => () => (rmSync(out, { force: true }), step(recording, out));
  const write = await compare({ ours: fresh(a, ours), theirs: fresh(b, theirs) });
  const read = await compare({ ours: () => readOurs(a), theirs: () => readTheirs(a) });
  const row = (what, { ours: mine, theirs: other }, peer) => `| ${what} | ${(mine / n).toFixed(2)} | ${(other / n).toFixed(2)} (${peer}) | ${(mine / other).toFixed(2)} |\n`;
  process.stdout.write(`Node ${process.version}, ${n.toLocaleString('en')} events, ${COLUMNS.length} columns, medians of ${RUNS} alternating runs\n\n`);
  process.stdout.write('| | CPU per event, µs | peer, µs | ratio |\n|---|---|---|---|\n');
  process.stdout.write(row('write', write, 'hyparquet-writer') + row('read', read, 'hyparquet'));
  process.stdout.write(`\n${(statSync(a).size / n).toFixed(1)} bytes per event; hyparquet-writer ${(statSync(b).size / n).toFixed(1)}\n`);
} finally {
  rmSync(scratch, { recursive: true });
}
