// The part of a recording between --from and --to: seconds since its first event, or percent of its time.

import type { Event } from '../event.js';
import { UsageError } from './usage.js';

export type Point = { readonly seconds: number } | { readonly percent: number };

/** Bounds in ns since the first event; what is absent does not bound. */
export interface Window {
  readonly from: number | undefined;
  readonly to: number;
  /** Given in seconds, which needs a clock of a known unit. */
  readonly inSeconds: boolean;
}

const POINT = /^(\d+(?:\.\d+)?)(s|%)?$/;

/** `12.5`, `12.5s` or `10%`. */
export function parsePoint(text: string, option: string): Point {
  const [, digits, unit] = POINT.exec(text) ?? [];
  const value = Number(digits);
  if (digits === undefined || (unit === '%' && value > 100)) {
    throw new UsageError(`${option} ${text}: expected seconds since the first event (12.5) or a part of the recording (10%)`);
  }
  return unit === '%' ? { percent: value } : { seconds: value };
}

const inNs = (point: Point, span: number): number => ('percent' in point ? (point.percent / 100) * span : point.seconds * 1e9);

/** `span`, the recording's time in ns, matters for percents only. */
export function windowOf(from: Point | undefined, to: Point | undefined, span: number): Window {
  const window = {
    from: from === undefined ? undefined : inNs(from, span),
    to: to === undefined ? Infinity : inNs(to, span),
    inSeconds: [from, to].some((point) => point !== undefined && 'seconds' in point),
  };
  if (window.from !== undefined && window.from > window.to) throw new UsageError('--from is later than --to');
  return window;
}

/** What holds for the whole recording and tells no state: it counts from the beginning on. */
const isDeclaration = ({ kind }: Event): boolean => kind === 'meta.chan' || kind === 'meta.cfg';

/** Cuts one piece out of a run of batches. What comes before it is not replayed, so the state at its beginning is unknown. */
export async function* cut(batches: AsyncIterable<Event[]>, { from, to }: Window): AsyncGenerator<Event[]> {
  let origin = NaN;
  let begun = from === undefined;
  for await (const batch of batches) {
    if (Number.isNaN(origin)) origin = firstTime(batch);
    const start = begun ? 0 : batch.findIndex(({ ns }) => ns - origin >= (from ?? 0));
    begun ||= start >= 0;
    if (!begun) {
      yield batch.filter(isDeclaration);
      continue;
    }
    const end = batch.findIndex(({ ns }, at) => at >= start && ns - origin > to);
    yield [...batch.slice(0, start).filter(isDeclaration), ...batch.slice(start, end < 0 ? batch.length : end)];
    if (end >= 0) return;
  }
}

/** NaN while there are none but events about the recording, which may have no time. */
function firstTime(batch: readonly Event[]): number {
  const ns = batch.find((event) => !Number.isNaN(event.ns))?.ns;
  if (ns === undefined && batch.some(({ kind }) => !kind.startsWith('meta.'))) {
    throw new UsageError('--from and --to need times, and this recording has none');
  }
  return ns ?? NaN;
}

/** Time from the first to the last event, ns. */
export async function spanOf(batches: AsyncIterable<readonly Event[]>): Promise<number> {
  let first = NaN;
  let last = NaN;
  for await (const batch of batches) {
    if (Number.isNaN(first)) first = firstTime(batch);
    last = batch.findLast((event) => !Number.isNaN(event.ns))?.ns ?? last;
  }
  return Number.isNaN(last) ? 0 : last - first;
}
