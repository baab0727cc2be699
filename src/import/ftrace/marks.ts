// Lines between the events: headers, marks of lost events, and what may be skipped (kernel/trace/trace.c, trace-cmd's
// trace-read.c, perf's builtin-script.c).

import type { Loss } from '../format.js';

/** A mark: `cpu` where it names one. */
export interface LossMark {
  readonly cpu: number | undefined;
  readonly n: number | undefined;
  readonly what: string;
}

const PREFIX = String.raw`^(?:\s*[^\s:]+: )?`;
const LOST = new RegExp(`${PREFIX}(CPU:(\\d+) \\[(?:LOST EVENTS|EVENTS DROPPED|LOST (\\d+) EVENTS|(\\d+) EVENTS DROPPED)\\])`);
/** Printed only if some buffer was overwritten: the CPU's earlier events are among what is gone. */
const STARTED = /^(##### CPU (\d+) buffer started ####)/;
const PERF_LOST = /^(PERF_RECORD_LOST(?:_SAMPLES)? lost (\d+))/;
const IN_BUFFER = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/;
const LATENCY_ENTRIES = /^# latency: .*#(\d+)\/(\d+), CPU#/;

const SKIPPED = [
  new RegExp(`${PREFIX}cpus=\\d+$`),
  /^\s*CPU \d+ is empty$/,
  /^version = \d+$/,
  // Stacks: perf's callgraphs, the kernel's and trace-cmd's
  /^\s+[0-9a-f]{5,16} .*\(.*\)$/,
  /^\s+[0-9a-f]{5,16}(?: (?:\[unknown\]|[^\s:[\]]+))?$/,
  /^\s*=> /,
];

const numeral = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** A mark that stands in a line of its own. */
export function lossMark(line: string): LossMark | undefined {
  const lost = LOST.exec(line);
  if (lost !== null) return { cpu: numeral(lost[2]), n: numeral(lost[3] ?? lost[4]), what: lost[1] ?? '' };
  const started = STARTED.exec(line);
  return started === null ? undefined : { cpu: numeral(started[2]), n: undefined, what: started[1] ?? '' };
}

/** A mark in place of an event, behind task, CPU and time. */
export function recordMark(text: string, cpu: number): LossMark | undefined {
  const lost = PERF_LOST.exec(text);
  return lost === null ? undefined : { cpu, n: numeral(lost[2]), what: lost[1] ?? '' };
}

/** The header's own sign of loss: fewer events in the buffer than were written. */
export function overwritten(line: string): LossMark | undefined {
  const [, kept, written] = IN_BUFFER.exec(line) ?? LATENCY_ENTRIES.exec(line) ?? [];
  const n = Number(written) - Number(kept);
  return n > 0 ? { cpu: undefined, n, what: `${n} events overwritten` } : undefined;
}

export const isSkipped = (line: string): boolean => SKIPPED.some((pattern) => pattern.test(line));

/** Context without an event's name: function tracers, stack headers, perf's own records, and its events whose names tracepoints cannot have (`cpu-clock:`, `cpu/cycles/ppp:`). */
export const isNameless = (text: string): boolean =>
  /^(?:PERF_RECORD_\w+|<stack trace>|<user stack trace>|\S+ <-\S+|[A-Za-z\d]+(?:-[A-Za-z\d]+)+(?::[A-Za-z]+)?:(?:\s|$)|\w+\/[^/\s]*\/[A-Za-z]*:(?:\s|$))/.test(text);

export function lossOf(line: number, { n, what }: LossMark): Loss {
  return n === undefined ? { line, what } : { line, n, what };
}
