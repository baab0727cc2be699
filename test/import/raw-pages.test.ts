// Ring-buffer pages in a folder. The pages, header_page and formats are cut out of a trace.dat of version 6, which holds them as
// trace_pipe_raw and tracefs gave them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWindow } from '../../src/commands/piece.js';
import type { Event } from '../../src/event.js';
import { TraceError } from '../../src/import/format.js';
import { FORMATS } from '../../src/import/index.js';
import { openRecording } from '../../src/import/open.js';
import { rawPages } from '../../src/import/raw-pages.js';
import { traceDat } from '../../src/import/trace-dat.js';
import { readFile, sample } from './binary.js';

const DAT = sample('trace-dat/steps.v6.dat');
/** Where `trace-cmd convert` put the pages of CPU 0 and 1. */
const CPU0 = DAT.subarray(36_864, 40_960);
const CPU1 = DAT.subarray(40_960, 45_056);

/** The texts that begin with `name:`, with `== file` lines between them as `tail -n +1` prints. */
function formats(): string {
  const text = DAT.toString('latin1');
  const found = [...text.matchAll(/name: \w+\nID: \d+\nformat:\n(?:\t.*\n|\n)+\nprint fmt: [^\n\0]*\n/g)].map(([format]) => format);
  return found.map((format) => `== some/event/format\n${format}`).join('');
}

const HEADER = /\tfield: u64 timestamp;[^]*?char data;.*\n/.exec(DAT.toString('latin1'))?.[0] ?? '';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'irqreplay-raw-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

async function read(): Promise<{ events: Event[]; info: Awaited<ReturnType<typeof openRecording>>['info'] }> {
  const { info, batches } = await openRecording(folder, FORMATS, 0);
  const events: Event[] = [];
  for await (const batch of batches()) events.push(...batch);
  return { events, info };
}

describe('a folder', () => {
  const sound = readFile(traceDat, DAT);

  test.each([
    ['of plain files', { 'cpu0.raw': CPU0, 'cpu1.raw': CPU1, 'header-format.txt': HEADER, 'formats.txt': formats() }],
    ['of packed files', { 'cpu0.raw.gz': gzipSync(CPU0), 'cpu1.raw.gz': gzipSync(CPU1), 'h.gz': gzipSync(HEADER), 'f.gz': gzipSync(formats()) }],
    ['laid out like tracefs, with other files', {
      'per_cpu/cpu0/trace_pipe_raw': CPU0, 'per_cpu/cpu1/trace_pipe_raw': CPU1, 'events/header_page': HEADER, 'events/format': formats(),
      'trace.txt': '# tracer: nop\n', 'README': 'pages', 'per_cpu/cpu2/trace_pipe_raw': '',
    }],
  ])('%s gives what the trace.dat gives', async (_what, files) => {
    put(files);
    const { events, info } = await read();
    expect(events).toEqual(sound.events);
    expect(info).toMatchObject({ format: 'raw-pages', recorder: 'tracefs trace_pipe_raw', clock: 'ns', about: 'clock not told, taken for ns; 2 CPUs', base: sound.info.base, lossMarks: 0 });
    expect(info.counts).toEqual(sound.info.counts);
  });

  test('can be read twice, as percents of its time need', async () => {
    put({ 'cpu0.raw': CPU0, 'cpu1.raw': CPU1, 'header_page': HEADER, 'formats': formats() });
    const times = sound.events.map(({ ns }) => ns).filter((ns) => !Number.isNaN(ns));
    const [first = 0] = times;
    const half = first + ((times.at(-1) ?? 0) - first) / 2;
    const window = await openWindow([folder], { from: { percent: 50 } });
    expect(window).toEqual({ from: half - first, to: Infinity, inSeconds: false });
  });

  test('tells the clock and the counts of lost events where it has them', async () => {
    put({ 'cpu0.raw': CPU0, 'header_page': HEADER, 'formats': formats(), 'trace_clock': 'local global [counter] uptime\n', 'cpu0/stats': 'entries: 61\noverrun: 5\ncommit overrun: 0\n' });
    const { info } = await read();
    expect(info).toMatchObject({ clock: 'integer', about: 'clock counter; 1 CPUs', lostEvents: 5 });
  });

  test('without the format of `print` still gives the marks', async () => {
    put({ 'cpu0.raw': CPU0, 'cpu1.raw': CPU1, 'header_page': HEADER, 'formats': formats().replace(/name: print\nID: 5/, 'name: printed\nID: 6') });
    const { events, info } = await read();
    expect(info.counts.get('tracing_mark_write')).toBe(9);
    expect(events.filter(({ kind }) => kind === 'meta.note')).toHaveLength(9);
  });

  test('takes an event without a format for a loss', async () => {
    put({ 'cpu0.raw': CPU0, 'cpu1.raw': CPU1, 'header_page': HEADER, 'formats': formats().replace('name: kvm_ack_irq\n', 'name:\n') });
    const { events, info } = await read();
    expect(info).toMatchObject({ lossMarks: 2, lostEvents: 2 });
    expect(info.losses[0]?.what).toMatch(/^found event \d+, expected one whose format the recording tells$/);
    expect(events.filter(({ kind }) => kind === 'kvm.ack')).toEqual([]);
  });

  test.each([
    ['header_page', { 'cpu0.raw': CPU0, 'formats': formats() }, 'found "no header_page", expected a copy of events/header_page beside the pages'],
    ['formats', { 'cpu0.raw': CPU0, 'header_page': HEADER }, 'found "no event formats", expected copies of events/*/*/format beside the pages'],
    ['pages', { 'header_page': HEADER, 'formats': formats() }, 'found "no file of ring-buffer pages", expected copies of per_cpu/cpuN/trace_pipe_raw'],
    ['a CPU in the name', { 'pages': CPU0, 'header_page': HEADER, 'formats': formats() }, "expected the CPU's number in the name of the file: cpu0.raw"],
  ])('without %s is refused', async (_what, files, message) => {
    put(files);
    await expect(read()).rejects.toThrow(TraceError);
    await expect(read()).rejects.toThrow(message);
  });
});

test.each([
  ['pages', CPU0],
  ['a format', 'name: kvm_eoi\nID: 7\nformat:\n'],
])('%s alone ask for their folder', async (_what, content) => {
  put({ 'cpu0.raw': content });
  await expect(openRecording(join(folder, 'cpu0.raw'), FORMATS, 0)).rejects.toThrow('expected the folder that holds it and the files that belong to it');
});

test.each([
  ['text', Buffer.from('kvm_set_irq: gsi 4 level 1 source 0\n'.repeat(200))],
  ['zeros', Buffer.alloc(8192)],
  ['a page whose records do not end where it says', Buffer.from(CPU0).fill(0xff, 16, 20)],
  ['a trace.dat', DAT],
])('%s is no page', (_what, bytes) => {
  expect(rawPages.detect(bytes)).toBe(false);
});
