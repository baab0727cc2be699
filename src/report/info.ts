// What a stream consists of, for a person who wants to know what was recorded before anything is judged.

import type { StreamSummary } from '../finding.js';
import { streamText } from './streams.js';
import { table } from './table.js';
import { counted, grouped, printable, spellOf, type Paint } from './text.js';

/** A virtual machine of a host: its threads, the vCPUs they run, and how many records they made. */
interface VmSummary {
  /** Pointer of KVM or its process; absent for threads of which it is not known. */
  readonly vm?: string;
  readonly processes: readonly number[];
  readonly threads: readonly { readonly tid: number; readonly vcpus: readonly number[] }[];
  readonly records: number;
}

export interface StreamContents {
  readonly stream: StreamSummary;
  /** When the first event to replay happened, as the recorder's clock has it: seconds, a date of a wall clock, ticks; absent without times. */
  readonly begin?: string;
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
  /** It holds events of several virtual machines. */
  readonly mixedVms: boolean;
  /** Those that a trace of their host tells apart. */
  readonly machines: readonly VmSummary[];
}

/** Threads of a VM that are named. */
const MOST_THREADS = 16;

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, n) => all + n, 0);

type Counts = [string, number][];
const byCount = (tally: Readonly<Record<string, number>>): Counts => Object.entries(tally).sort(([, a], [, b]) => b - a);
const byNumber = (tally: Readonly<Record<string, number>>): Counts => Object.entries(tally).sort(([a], [b]) => Number(a) - Number(b));

const countTable = (head: string, rows: Counts): string =>
  table([{ head }, { head: 'events', align: 'right' }], rows.map(([name, n]) => [printable(name), grouped(n)]));

function time({ stream, begin, span }: StreamContents): string {
  const { clock } = stream;
  if (begin === undefined) return '';
  const unit = clock === 'integer' || begin.endsWith('Z') ? '' : ' s';
  return `, from ${begin}${unit} over ${spellOf([stream])(span)}`;
}

/** Names with a reader first; the others are marked. */
function recordedRows({ recorded, unread }: StreamContents): Counts {
  const isUnread = new Set(unread);
  const rows = byCount(recorded);
  const skipped = rows.filter(([name]) => isUnread.has(name)).map(([name, n]): [string, number] => [`${name} (not used)`, n]);
  return [...rows.filter(([name]) => !isUnread.has(name)), ...skipped];
}

const numbers = (all: readonly number[]): string => [...all].sort((a, b) => a - b).join(', ');

/** Threads that run a vCPU first, with its number. */
function threadsText(threads: VmSummary['threads']): string {
  const running = threads.filter(({ vcpus }) => vcpus.length > 0).map(({ tid, vcpus }) => `${tid} (vCPU ${numbers(vcpus)})`);
  const others = threads.filter(({ vcpus }) => vcpus.length === 0).map(({ tid }) => String(tid));
  const all = [...running, ...others];
  return all.length > MOST_THREADS ? `${all.slice(0, MOST_THREADS).join(', ')} and ${all.length - MOST_THREADS} more` : all.join(', ');
}

const vmTable = (machines: readonly VmSummary[]): string =>
  table(
    [{ head: 'VM' }, { head: 'process' }, { head: 'threads' }, { head: 'their records', align: 'right' }],
    machines.map(({ vm, processes, threads, records }) => [vm ?? 'not told', numbers(processes), threadsText(threads), grouped(records)]),
  );

export function infoText(contents: StreamContents, paint: Paint): string {
  const { stream, recorded, kinds, cpus, vms, machines } = contents;
  const events = `${counted(sum(recorded), 'recorded event')}, ${counted(sum(kinds), 'event')} to replay${time(contents)}`;
  const [headline = '', ...losses] = streamText(stream).split('\n');
  const mixed = contents.mixedVms ? ['  several virtual machines: --vm chooses one of those it tells apart'] : [];
  const blocks = [[paint('bold', headline), `  ${events}`, ...mixed, ...losses].join('\n')];
  const tables = [['recorded event', recordedRows(contents)], ['kind', byCount(kinds)], ['CPU', byNumber(cpus)], ['VM', byCount(vms)]] as const;
  for (const [head, rows] of tables) if (rows.length > 0) blocks.push(countTable(head, rows));
  if (machines.length > 0) blocks.push(vmTable(machines));
  return blocks.join('\n\n');
}
