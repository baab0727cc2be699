// What a stream consists of, for a person who wants to know what was recorded before anything is judged.

import type { StreamSummary } from '../finding.js';
import { streamText } from './streams.js';
import { table } from './table.js';
import { counted, duration, grouped, printable, type Paint } from './text.js';

export interface StreamContents {
  readonly stream: StreamSummary;
  /** ns from the first to the last event. */
  readonly span: number;
  /** Events of the recorder by its own name, skipped ones included. */
  readonly recorded: Readonly<Record<string, number>>;
  /** Those of them by name that no reader uses: they say nothing about interrupts here. */
  readonly unread: readonly string[];
  /** Events replayed, per kind and per CPU that recorded them. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly cpus: Readonly<Record<string, number>>;
  /** The same per virtual machine, where the recorder tells them apart. */
  readonly vms: Readonly<Record<string, number>>;
  /** It holds several virtual machines whose events are not told apart. */
  readonly mixedVms: boolean;
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, n) => all + n, 0);

type Counts = [string, number][];
const byCount = (tally: Readonly<Record<string, number>>): Counts => Object.entries(tally).sort(([, a], [, b]) => b - a);
const byNumber = (tally: Readonly<Record<string, number>>): Counts => Object.entries(tally).sort(([a], [b]) => Number(a) - Number(b));

const countTable = (head: string, rows: Counts): string =>
  table([{ head }, { head: 'events', align: 'right' }], rows.map(([name, n]) => [printable(name), grouped(n)]));

function time({ stream: { base, clock }, span }: StreamContents): string {
  if (clock === 'none') return '';
  const unit = clock === 'integer' ? 'ticks' : 'ns';
  return `, from ${base} ${unit} over ${clock === 'integer' ? `${grouped(span)} ticks` : duration(span)}`;
}

/** Names with a reader first; the others are marked. */
function recordedRows({ recorded, unread }: StreamContents): Counts {
  const isUnread = new Set(unread);
  const rows = byCount(recorded);
  const skipped = rows.filter(([name]) => isUnread.has(name)).map(([name, n]): [string, number] => [`${name} (not used)`, n]);
  return [...rows.filter(([name]) => !isUnread.has(name)), ...skipped];
}

export function infoText(contents: StreamContents, paint: Paint): string {
  const { stream, recorded, kinds, cpus, vms } = contents;
  const events = `${counted(sum(recorded), 'recorded event')}, ${counted(sum(kinds), 'event')} to replay${time(contents)}`;
  const [headline = '', ...losses] = streamText(stream).split('\n');
  const mixed = contents.mixedVms ? ['  several virtual machines, whose events it does not tell apart'] : [];
  const blocks = [[paint('bold', headline), `  ${events}`, ...mixed, ...losses].join('\n')];
  const tables = [['recorded event', recordedRows(contents)], ['kind', byCount(kinds)], ['CPU', byNumber(cpus)], ['VM', byCount(vms)]] as const;
  for (const [head, rows] of tables) if (rows.length > 0) blocks.push(countTable(head, rows));
  return blocks.join('\n\n');
}
