// trace.dat, versions 6 and 7, as trace-cmd records it (trace-cmd Documentation/trace-cmd/trace-cmd.dat.v6.5.txt and .v7.5.txt).

import type { Event } from '../event.js';
import { Cursor } from './cursor.js';
import type { FileFormat, StreamInfo } from './format.js';
import { tracefs } from './ftrace/tracefs.js';
import type { Packing, RandomAccess } from './random-access.js';
import { clocksApart } from './tracebin/buffer-clocks.js';
import { countsTicks } from './tracebin/clocks.js';
import { CpuRecords } from './tracebin/cpu-records.js';
import type { BufferData, DatLayout, TextData } from './tracebin/dat-layout.js';
import { readVersion6 } from './tracebin/dat-v6.js';
import { Version7 } from './tracebin/dat-v7.js';
import { EventTypes } from './tracebin/event-types.js';
import { readPageLayout, type PageLayout } from './tracebin/page-layout.js';
import { PackedChunks, PackedPages, PlainPages } from './tracebin/pages.js';
import { RecordStream } from './tracebin/record-stream.js';
import { Reference } from './tracebin/reference.js';

const MAGIC = Buffer.from('\x17\x08\x44tracing', 'latin1');
const TEXT_WINDOW = 128 * 1024;

export const traceDat: FileFormat = {
  name: 'trace-dat',
  detect: (head) => head.subarray(0, MAGIC.length).equals(MAGIC),
  read: readTraceDat,
};

function* readTraceDat(info: StreamInfo, stream: number, bytes: RandomAccess): Generator<Event[]> {
  const layout = readLayout(info.file, bytes);
  info.recorder = 'trace-cmd record';
  info.about = about(layout);
  if (layout.text !== undefined) yield* readText(info, stream, { bytes, text: layout.text });
  else yield* recordsOf(info, stream, { bytes, layout }).batches();
}

function readLayout(file: string, bytes: RandomAccess): DatLayout {
  const cursor = new Cursor(file, bytes, MAGIC.length);
  const version = cursor.name('the version');
  const layout: DatLayout = {
    version, headerPage: '', types: new EventTypes(), buffers: [], text: undefined, clock: '', recorder: '', uname: '', offset: 0n, toNs: undefined, shifts: [], stats: [], counted: '',
  };
  if (version !== '6' && version !== '7') throw cursor.error(`version ${JSON.stringify(version)}`, 'version 6 or 7: trace-cmd convert --file-version 7 writes that', MAGIC.length);
  if (cursor.u8('the byte order') !== 0) throw cursor.error('big-endian data', 'little-endian data: take the output of `trace-cmd report`', cursor.at - 1);
  const long = cursor.u8('the size of a long');
  if (long !== 4 && long !== 8) throw cursor.error(`a long of ${long} bytes`, '4 or 8', cursor.at - 1);
  cursor.u32('the page size');
  if (version === '6') readVersion6(file, bytes, cursor, layout);
  else {
    const packing = readPacking(cursor);
    new Version7(file, bytes, layout, packing).read(cursor.u64('the place of the first options'));
  }
  return layout;
}

function readPacking(cursor: Cursor): Packing | undefined {
  const { at } = cursor;
  const packing = cursor.name('the kind of compression');
  cursor.name('the version of the compression');
  if (packing === 'none') return undefined;
  if (packing === 'zlib' || packing === 'zstd') return packing;
  throw cursor.error(`compression ${JSON.stringify(packing)}`, 'none, zlib or zstd: trace-cmd convert --compression none unpacks it', at);
}

function about({ version, recorder, uname, clock, buffers, text }: DatLayout): string {
  const packing = buffers.find(({ cpus }) => cpus.length > 0)?.packing;
  const filled = buffers.filter(({ cpus }) => cpus.some(({ size }) => size > 0));
  const cpus = Math.max(0, ...buffers.map((buffer) => buffer.cpus.length));
  const names = filled.map(({ name }) => (name === '' ? 'top' : name));
  return [
    `version ${version}${packing === undefined ? '' : `, ${packing}`}`,
    ...(recorder === '' ? [] : [`trace-cmd ${recorder.replace(' not-a-git-repo', '')}`]),
    ...(uname === '' ? [] : [uname.replace('(none) ', '')]),
    `clock ${clock === '' ? 'unknown' : clock}`,
    text === undefined ? `${cpus} CPUs, buffers: ${names.join(', ') || 'none'}` : 'latency text',
  ].join('; ');
}

/** What a tracer of latencies left is the text of `trace`. */
function* readText(info: StreamInfo, stream: number, { bytes, text }: { bytes: RandomAccess; text: TextData }): Generator<Event[]> {
  const decoder = tracefs.open(info, stream);
  for (const piece of piecesOf(info.file, bytes, text)) {
    const out: Event[] = [];
    decoder.push(piece, out);
    yield out;
  }
  const out: Event[] = [];
  decoder.end(out);
  yield out;
}

function* piecesOf(file: string, bytes: RandomAccess, text: TextData): Generator<Buffer> {
  if (text.packing !== undefined) {
    const chunks = new PackedChunks({ file, bytes }, text, text.packing);
    for (let piece = chunks.next(); piece !== undefined; piece = chunks.next()) yield piece;
    return;
  }
  const cursor = new Cursor(file, bytes, text.offset);
  for (let left = text.size; left > 0; left -= TEXT_WINDOW) yield cursor.bytes(Math.min(left, TEXT_WINDOW), 'the text of the trace');
}

function recordsOf(info: StreamInfo, stream: number, { bytes, layout }: { bytes: RandomAccess; layout: DatLayout }): RecordStream {
  const { types, buffers, headerPage, offset } = layout;
  const pages = readPageLayout(headerPage);
  if (pages === undefined) throw new Cursor(info.file, bytes).error('no header_page', 'the layout of a ring-buffer page', MAGIC.length);
  refuseClocks(info.file, bytes, layout);
  const ticks = countsTicks(layout.clock) && layout.toNs === undefined;
  info.clock = ticks ? 'integer' : 'ns';
  const reference = new Reference();
  const shares = buffers.reduce((all, { cpus }) => all + cpus.length, 0);
  const cpus = buffers.flatMap((buffer, number) => cpusOf(buffer, { number, file: info.file, bytes, pages, reference, shares, layout }));
  const { toNs = offset === 0n ? undefined : (stamp: bigint) => stamp } = layout;
  return new RecordStream({ info, stream, types, cpus, reference, toNs: toNs === undefined || offset === 0n ? toNs : (stamp) => toNs(stamp) + offset });
}

/** Their events have no order. */
function refuseClocks(file: string, bytes: RandomAccess, { buffers, stats }: DatLayout): void {
  const filled = buffers.filter(({ cpus }) => cpus.some(({ size }) => size > 0)).map(({ name }) => name);
  const apart = clocksApart(stats, filled);
  if (apart === undefined) return;
  const [one, other] = apart.map((name) => (name === '' ? 'top' : name));
  throw new Cursor(file, bytes).error(`trace buffers ${one} and ${other}, which do not have one clock`, 'one clock for all of them: record again with the same -C for each -B, or each in a file of its own', MAGIC.length);
}

interface Shared {
  readonly number: number;
  readonly file: string;
  readonly bytes: RandomAccess;
  readonly pages: PageLayout;
  readonly reference: Reference;
  readonly shares: number;
  readonly layout: DatLayout;
}

function cpusOf({ name, cpus, packing, pageSize }: BufferData, { number, file, bytes, pages, reference, shares, layout }: Shared): CpuRecords[] {
  const page = { ...pages, pageSize: pageSize ?? pages.pageSize };
  const source = { file, bytes, pageSize: page.pageSize };
  return cpus
    .filter(({ size }) => size > 0)
    .map((stretch) => {
      const run = packing === undefined ? new PlainPages(source, stretch, shares) : new PackedPages(source, stretch, packing);
      const stats = layout.stats.find(({ buffer, cpu }) => buffer === name && cpu === stretch.cpu);
      return new CpuRecords(run, { cpu: stretch.cpu, buffer: number, layout: page, types: layout.types, reference, stats, shift: layout.shifts[stretch.cpu] });
    });
}
