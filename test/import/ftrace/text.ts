// Kernel trace texts for the tests: captures from traces/formats, and lines written as tracefs prints them.

import { readFileSync } from 'node:fs';
import type { Event } from '../../../src/event.js';
import { perfScript } from '../../../src/import/ftrace/perf-script.js';
import { traceCmd } from '../../../src/import/ftrace/trace-cmd.js';
import { tracefs } from '../../../src/import/ftrace/tracefs.js';
import { decode, type Decoded } from '../decode.js';

const FORMATS = [tracefs, traceCmd, perfScript];

export const capture = (name: string): string => readFileSync(new URL(`../../../traces/formats/${name}`, import.meta.url), 'utf8');

/** Read by the one format that takes it. */
export function read(text: string, pieces: readonly number[] = []): Decoded {
  const [format, ...others] = FORMATS.filter((each) => each.detect(Buffer.from(text)));
  if (format === undefined || others.length > 0) throw new Error(`${others.length + (format === undefined ? 0 : 1)} formats take this text`);
  return decode(format, text, pieces);
}

/** A line of tracefs: thread, CPU, microseconds, `event: body`. */
export function line(tid: number, cpu: number, us: number, event: string): string {
  const time = `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`;
  return `${'CPU 0/KVM'.padStart(16)}-${String(tid).padEnd(7)} [${String(cpu).padStart(3, '0')}] ..... ${time.padStart(12)}: ${event}\n`;
}

/** Lines of one thread on CPU 0, a microsecond apart. */
export const thread = (...events: readonly string[]): string => events.map((event, i) => line(740, 0, 1_000_000 + i, event)).join('');

/** The events without what only tells their place in the recording, and without fields that are not known. */
export function told(events: readonly Event[]): Record<string, unknown>[] {
  return events.map((event) => {
    const { seq, ns, on, tid, stream, at, name, ...own } = event;
    void [seq, ns, on, tid, stream, at, name];
    return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  });
}

/** Kinds with one telling field each, as short text. */
export const kinds = (events: readonly Event[]): string[] => events.map(({ kind }) => kind);

/** What lines of tracefs become, told as above. */
export const tell = (...lines: readonly string[]): Record<string, unknown>[] => told(decode(tracefs, lines.join('')).events);
