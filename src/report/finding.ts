// One finding in text: rule, severity and entity; the sentence with its place; the events that led there, as litmus text; state; clause.

import type { Event } from '../event.js';
import type { FoldedFinding, Severity } from '../finding.js';
import { eventText } from './event-text.js';
import { clipped, counted, place, printable, shortNames, type Files, type Paint } from './text.js';

const STYLES = { violation: 'red', suspicious: 'yellow', info: 'cyan' } as const satisfies Record<Severity, Parameters<Paint>[0]>;

interface EventRow {
  readonly place: string;
  /** The recorder's own name, unless it is the kind. */
  readonly name: string;
  readonly text: string;
}

const rowOf = (event: Event, files: Files): EventRow => ({
  place: place(event, files),
  name: event.name === event.kind ? '' : clipped(printable(event.name)),
  text: eventText(event),
});

/** The evidence, oldest first, the event that proves the finding marked. */
function evidence({ because, at }: FoldedFinding, files: Files): string[] {
  const rows = [...because, at].map((event) => rowOf(event, files));
  const placeWidth = Math.max(...rows.map((row) => row.place.length));
  const nameWidth = Math.max(...rows.map((row) => row.name.length));
  return rows.map((row, i) => {
    const words = [row.place.padEnd(placeWidth), row.name.padEnd(nameWidth), row.text];
    return `  ${i === rows.length - 1 ? '>' : ' '} ${words.filter((word) => word !== '').join('  ')}`;
  });
}

const stateText = (state: FoldedFinding['state']): string =>
  Object.entries(state)
    .map(([name, value]) => `${name}=${clipped(value)}`)
    .join(' ');

function repeats({ count, last }: FoldedFinding, files: Files): string {
  const more = count - 1;
  return more === 1 ? `once more, at ${place(last, files)}` : `and ${counted(more, 'more', 'more')}, the last at ${place(last, files)}`;
}

export function findingText(finding: FoldedFinding, files: Files, paint: Paint): string {
  const { rule, severity, entity, sentence, clause, at, state, count } = finding;
  const short = shortNames(files);
  const lines = [
    `${paint(STYLES[severity], severity)}  ${paint('bold', rule)}  ${printable(entity)}`,
    `  ${place(at, files)}: ${printable(sentence)}`,
    ...evidence(finding, short),
  ];
  if (Object.keys(state).length > 0) lines.push(`  state: ${printable(stateText(state))}`);
  lines.push(paint('dim', `  clause: ${printable(clause)}`));
  if (count > 1) lines.push(`  ${repeats(finding, short)}`);
  return lines.join('\n');
}
