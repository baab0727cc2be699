// What a native recording tells of itself in front of its events: base and unit of its times, and the recordings its events come from.

import type { StreamInfo } from './format.js';
import type { Origin } from './source.js';

export interface Header {
  /** Absolute time of the first event, ns. */
  readonly base: bigint;
  readonly clock: StreamInfo['clock'];
  /** The recordings the events come from, in the order of their stream numbers. */
  readonly streams: readonly { readonly file: string; readonly recorder: string }[];
}

export const isClock = (value: unknown): value is Header['clock'] =>
  value === 'seconds' || value === 'integer' || value === 'ns' || value === 'none';

export const baseOf = (text: string): bigint | undefined => (/^-?\d{1,30}$/.test(text) ? BigInt(text) : undefined);

export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

const isStream = (value: unknown): value is Header['streams'][number] =>
  isRecord(value) && typeof value['file'] === 'string' && typeof value['recorder'] === 'string';

export const HEADER_EXPECTED = 'a header as {"irqreplay":1,"base":"<ns>","clock":"seconds|integer|ns|none","streams":[{"file","recorder"}]}';

/** From its JSON record; undefined if it is none. */
export function headerOf(record: JsonRecord): Header | undefined {
  const { base = '0', clock = 'none', streams = [] } = record;
  const start = typeof base === 'string' ? baseOf(base) : undefined;
  if (start === undefined || !isClock(clock) || !Array.isArray(streams) || !streams.every(isStream)) return undefined;
  return { base: start, clock, streams };
}

/** The stream is now known as far as its header tells. */
export function adoptHeader(info: StreamInfo, { base, clock, streams }: Header, origin?: Origin): void {
  info.base = base;
  info.clock = clock;
  for (const { file, recorder } of streams) origin?.(file, recorder);
  const recorders = new Set(streams.map(({ recorder }) => recorder));
  if (recorders.size > 0) info.recorder = [...recorders].join(', ');
}
