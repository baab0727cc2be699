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

/** The stream is now known as far as its header tells. */
export function adoptHeader(info: StreamInfo, { base, clock, streams }: Header, origin?: Origin): void {
  info.base = base;
  info.clock = clock;
  for (const { file, recorder } of streams) origin?.(file, recorder);
  const recorders = new Set(streams.map(({ recorder }) => recorder));
  if (recorders.size > 0) info.recorder = [...recorders].join(', ');
}
