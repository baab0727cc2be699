// Times per hop and per thing, merged and vanished interrupts, peaks of limited resources: for a person or as JSON.

import type { StreamSummary } from '../finding.js';
import type { Peak } from '../lives/peaks.js';
import type { Tie } from '../lives/ties.js';
import type { HopTimes, Tally, ThingTally } from '../lives/tally.js';
import type { Durations } from '../lives/durations.js';
import { bars } from './bars.js';
import { table } from './table.js';
import { counted, duration, grouped, place, printable, shortNames, unitOf, type Files, type Paint } from './text.js';

interface StatsOptions {
  readonly files: Files;
  readonly paint: Paint;
  /** Things shown. */
  readonly top: number;
  /** False if the recording has no times, or times of an unknown unit. */
  readonly timed: boolean;
}

const RIGHT = { align: 'right' } as const;

const times = (of: Durations): string[] => [grouped(of.count), ...[of.quantile(0.5), of.quantile(0.99), of.max].map(duration)];

function hopTable(hops: readonly HopTimes[], whole: Durations): string {
  const columns = [{ head: 'hop' }, ...['count', 'median', 'p99', 'max'].map((head) => ({ head, ...RIGHT }))];
  const rows = hops.map((hop) => [`${hop.from} -> ${hop.to}`, ...times(hop.times)]);
  if (whole.count > 0) rows.push(['from first to last', ...times(whole)]);
  return table(columns, rows);
}

function fates({ lives, ended, merged, vanished, unseen, open }: ThingTally): string {
  const parts = [`${grouped(ended)} ended`];
  if (merged > 0) parts.push(`${grouped(merged)} merged into one that was pending`);
  if (vanished > 0) parts.push(`${grouped(vanished)} vanished with their line`);
  if (unseen > 0) parts.push(`${grouped(unseen)} out of sight (events lost, or not recorded)`);
  for (const [hop, n] of open) parts.push(`${grouped(n)} no further than ${hop}`);
  return `${counted(lives, 'interrupt')}: ${parts.join(', ')}`;
}

function thingRow(name: string, thing: ThingTally, timed: boolean): string[] {
  const { lives, ended, merged, vanished, whole } = thing;
  const spans = timed && whole.count > 0 ? times(whole).slice(1) : ['', '', ''];
  return [printable(name), grouped(lives), grouped(ended), grouped(merged), grouped(vanished), ...spans];
}

function things(tally: Tally, { top, timed }: StatsOptions): string[] {
  const busiest = [...tally.things].sort(([, a], [, b]) => b.lives - a.lives);
  if (busiest.length === 0) return [];
  const heads = ['interrupts', 'ended', 'merged', 'vanished', 'median', 'p99', 'max'];
  const rows = busiest.slice(0, top).map(([name, thing]) => thingRow(name, thing, timed));
  const more = busiest.length - rows.length;
  return [table([{ head: 'of' }, ...heads.map((head) => ({ head, ...RIGHT }))], rows) + (more > 0 ? `\nand ${grouped(more)} more (--top)` : '')];
}

function peakRow({ what, now, peak, limit, at }: Peak, files: Files): string[] {
  const share = limit === undefined ? '' : `${Math.round((peak / limit) * 100)} %`;
  return [what, grouped(peak), limit === undefined ? '' : grouped(limit), share, grouped(now), at === undefined ? '' : place(at, files)];
}

function peakTable(peaks: readonly Peak[], { files, paint }: StatsOptions): string[] {
  if (peaks.length === 0) return [];
  const columns = [{ head: 'resource' }, ...['peak', 'limit', 'used', 'at the end'].map((head) => ({ head, ...RIGHT })), { head: 'peak at' }];
  return [`${paint('bold', 'Limits')}\n${table(columns, peaks.map((each) => peakRow(each, shortNames(files))))}`];
}

/** What it is more or less than the others say. */
function difference({ one, others, lossy }: Tie): string {
  const more = one.n - others.reduce((sum, { n }) => sum + n, 0);
  if (more === 0) return 'the same';
  return `${grouped(Math.abs(more))} ${more > 0 ? 'more' : 'fewer'}${lossy ? ', events were lost' : ''}`;
}

function tieTable(ties: readonly Tie[], { files, paint }: StatsOptions): string[] {
  if (ties.length === 0) return [];
  const rows = ties.flatMap((tie) => [
    [tie.one.what, grouped(tie.one.n), difference(tie), printable(files[tie.one.stream] ?? '')],
    ...tie.others.map(({ what, n, stream }) => [`  ${what}`, grouped(n), '', printable(files[stream] ?? '')]),
  ]);
  return [`${paint('bold', 'What must come to the same')}\n${table([{ head: '' }, { head: 'count', ...RIGHT }, { head: 'against those below' }, { head: 'told by' }], rows)}`];
}

interface Counted {
  readonly tally: Tally;
  readonly peaks: readonly Peak[];
  readonly ties: readonly Tie[];
}

export function statsText({ tally, peaks, ties }: Counted, options: StatsOptions): string {
  const { all } = tally;
  const { paint, timed } = options;
  const blocks = [fates(all)];
  if (!timed) blocks.push('the recording has no times in a known unit: hops are counted only');
  else if (all.whole.count > 0) blocks.push(`${paint('bold', 'Time per hop')}\n${hopTable(all.hops(), all.whole)}`, `${paint('bold', 'From first to last')}\n${bars(all.whole.octaves()).join('\n')}`);
  blocks.push(...things(tally, options), ...peakTable(peaks, options), ...tieTable(ties, options));
  return `${blocks.join('\n\n')}\n`;
}

type Unit = ReturnType<typeof unitOf>;

function timesJson(of: Durations, unit: Unit) {
  const [median, p99, max] = [of.quantile(0.5), of.quantile(0.99), of.max];
  return unit === 'ns' ? { count: of.count, medianNs: median, p99Ns: p99, maxNs: max } : { count: of.count, medianTicks: median, p99Ticks: p99, maxTicks: max };
}

const thingJson = (thing: ThingTally, unit: Unit) => ({
  interrupts: thing.lives,
  ended: thing.ended,
  merged: thing.merged,
  vanished: thing.vanished,
  unseen: thing.unseen,
  open: Object.fromEntries(thing.open),
  whole: thing.whole.count === 0 ? null : timesJson(thing.whole, unit),
  hops: thing.hops().map(({ from, to, times: of }) => ({ from, to, ...timesJson(of, unit) })),
});

export function statsJson({ tally, peaks, ties }: Counted, streams: readonly StreamSummary[]): string {
  const files = streams.map(({ file }) => file);
  const unit = unitOf(streams);
  const limits = peaks.map(({ what, peak, now, limit, at }) => ({ what, peak, now, limit: limit ?? null, at: at === undefined ? null : place(at, files) }));
  const of = Object.fromEntries([...tally.things].map(([name, thing]) => [name, thingJson(thing, unit)]));
  const tied = ties.map(({ one, others, lossy }) => ({ ...one, file: files[one.stream], sameAs: others.map((other) => ({ ...other, file: files[other.stream] })), lossy }));
  return `${JSON.stringify({ all: thingJson(tally.all, unit), of, limits, ties: tied }, null, 1)}\n`;
}
