// Ring-buffer pages as `per_cpu/cpuN/trace_pipe_raw` gives them, with the description of their layout: a folder that holds copies
// of tracefs files (Documentation/trace/ftrace.rst, kernel/trace/ring_buffer.c). Which file is what is told by its content.

import type { Event } from '../event.js';
import { Cursor } from './cursor.js';
import { TraceError, type FolderFile, type FolderFormat, type StreamInfo } from './format.js';
import { countsTicks, clockInUse } from './tracebin/clocks.js';
import { CpuRecords } from './tracebin/cpu-records.js';
import { readStats, type CpuStats } from './tracebin/cpu-stats.js';
import { PRINT_FORMAT } from './tracebin/event-format.js';
import { EventTypes } from './tracebin/event-types.js';
import { looksLikePages, readPageLayout, type PageLayout } from './tracebin/page-layout.js';
import { PlainPages } from './tracebin/pages.js';
import { RecordStream } from './tracebin/record-stream.js';
import { Reference } from './tracebin/reference.js';

/** What a file holds, told by its beginning: event formats (one, or several one after the other), header_page, per_cpu/cpuN/stats, trace_clock. */
const TEXTS = [
  { what: 'formats', pattern: /^name: \S+\nID: \d+\nformat:$/m },
  { what: 'layout', pattern: /^\s*field: ?u64 timestamp;[^]*^\s*field: ?\w+ commit;/m },
  { what: 'stats', pattern: /^entries: \d+\noverrun: \d+$/m },
  { what: 'clock', pattern: /^\[?local\]? \[?global\]? / },
] as const;
type Part = (typeof TEXTS)[number]['what'] | 'pages';

const HEAD = 64 * 1024;
const EVENT = /^name: /m;
const CPU = /cpu(\d{1,4})(?!.*cpu\d)/i;

function partOf(head: Buffer): Part | undefined {
  if (looksLikePages(head)) return 'pages';
  if (head.includes(0)) return undefined;
  const text = head.toString('latin1');
  return TEXTS.find(({ pattern }) => pattern.test(text))?.what;
}

export const rawPages: FolderFormat = {
  name: 'raw-pages',
  detect: (head) => partOf(head) !== undefined,
  readFolder: readRawPages,
};

interface Folder {
  readonly types: EventTypes;
  layout: PageLayout | undefined;
  clock: string;
  readonly stats: CpuStats[];
  readonly pages: FolderFile[];
}

function* readRawPages(info: StreamInfo, stream: number, files: readonly FolderFile[]): Generator<Event[]> {
  info.recorder = 'tracefs trace_pipe_raw';
  const folder: Folder = { types: new EventTypes(), layout: undefined, clock: '', stats: [], pages: [] };
  folder.types.add(PRINT_FORMAT);
  for (const file of files) takeFile(info.file, file, folder);
  const { pages, layout, types, clock } = folder;
  if (pages.length === 0) throw new TraceError(info.file, 1, 'no file of ring-buffer pages', 'copies of per_cpu/cpuN/trace_pipe_raw');
  if (layout === undefined) throw new TraceError(info.file, 1, 'no header_page', 'a copy of events/header_page beside the pages');
  if (!types.described) throw new TraceError(info.file, 1, 'no event formats', 'copies of events/*/*/format beside the pages');
  info.clock = clock !== '' && countsTicks(clock) ? 'integer' : 'ns';
  const reference = new Reference();
  const cpus = cpusOf(info.file, folder, { layout, reference });
  info.about = `clock ${clock === '' ? 'not told, taken for ns' : clock}; ${cpus.length} CPUs`;
  yield* new RecordStream({ info, stream, types, cpus, reference, toNs: undefined }).batches();
}

function takeFile(folderName: string, { name, bytes }: FolderFile, folder: Folder): void {
  const head = Buffer.alloc(Math.min(HEAD, bytes.size));
  bytes.read(head, 0);
  const part = partOf(head);
  if (part === 'pages') folder.pages.push({ name, bytes });
  if (part === undefined || part === 'pages') return;
  const text = new Cursor(`${folderName}/${name}`, bytes).text(bytes.size, 'a text');
  if (part === 'formats') for (const format of text.split(EVENT)) folder.types.add(`name: ${format}`);
  else if (part === 'layout') folder.layout = readPageLayout(text);
  else if (part === 'clock') folder.clock = clockInUse(text) ?? folder.clock;
  else {
    const stats = readStats(text, numberOf(name));
    if (stats !== undefined) folder.stats.push(stats);
  }
}

const numberOf = (name: string): number | undefined => {
  const [, digits] = CPU.exec(name) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

/** Files of one CPU in several folders are several trace instances. */
function cpusOf(folderName: string, { pages, stats, types }: Folder, { layout, reference }: { layout: PageLayout; reference: Reference }): CpuRecords[] {
  const instances: string[] = [];
  const numbered = pages.map(({ name, bytes }) => {
    const cpu = numberOf(name);
    if (cpu === undefined) throw new TraceError(`${folderName}/${name}`, 1, 'ring-buffer pages', "the CPU's number in the name of the file: cpu0.raw");
    const instance = name.slice(0, CPU.exec(name)?.index);
    if (!instances.includes(instance)) instances.push(instance);
    return { name, bytes, cpu, buffer: instances.indexOf(instance) };
  });
  numbered.sort((a, b) => a.buffer - b.buffer || a.cpu - b.cpu);
  return numbered.map(({ name, bytes, cpu, buffer }) => {
    const source = { file: `${folderName}/${name}`, bytes, pageSize: layout.pageSize };
    const run = new PlainPages(source, { offset: 0, size: bytes.size }, pages.length);
    const counted = instances.length > 1 ? undefined : stats.find((each) => each.cpu === cpu);
    return new CpuRecords(run, { cpu, buffer, layout, types, reference, stats: counted });
  });
}
