// The streams of a recording as they were read, and what they do not show: lost events and lines that could not be read.

import type { StreamSummary } from '../finding.js';
import { clipped, counted, duration, grouped, printable } from './text.js';

const CLOCKS: Readonly<Record<StreamSummary['clock'], string>> = {
  seconds: 'times in seconds',
  integer: 'times in an unknown unit',
  ns: 'times in ns',
  none: 'no times',
};

const LOSSES_SHOWN = 5;

export function streamText(stream: StreamSummary): string {
  const { file, format, recorder, about, clock, lines } = stream;
  const first = `${printable(file)}: ${printable(recorder)} (format ${format}), ${counted(lines, about === undefined ? 'line' : 'record')}, ${CLOCKS[clock]}`;
  return [first, ...(about === undefined ? [] : [`  ${printable(about)}`]), ...offsetLines(stream), ...lossLines(stream)].join('\n');
}

function offsetLines({ offset }: StreamSummary): string[] {
  if (offset === undefined) return [];
  return [`  its clock is another one: ${offset.ns} ns were added, known to ${duration(offset.uncertainty)}; nearer than that its events have no order with those of other files`];
}

function lossLines({ file, losses, lossMarks, lostEvents }: StreamSummary): string[] {
  if (lossMarks === 0) return [];
  const known = lostEvents > 0 ? `, at least ${counted(lostEvents, 'event')}` : '';
  const lines = losses.slice(0, LOSSES_SHOWN).map(({ line, what }) => `    ${printable(file)}:${line}  ${clipped(printable(what))}`);
  const more = lossMarks - lines.length;
  return [
    `  lost or not readable at ${counted(lossMarks, 'place')}${known}`,
    ...lines,
    ...(more > 0 ? [`    and ${grouped(more)} more`] : []),
  ];
}
