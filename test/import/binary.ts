// Feeds bytes to an importer of a binary form, as open.ts would.

import { gunzipSync, inflateSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import type { Event } from '../../src/event.js';
import type { FileFormat, StreamInfo } from '../../src/import/format.js';
import { inMemory, type RandomAccess } from '../../src/import/random-access.js';
import type { Origin } from '../../src/import/source.js';
import { frameUnpacker } from '../../src/import/zstd.js';
import { told } from './ftrace/text.js';

export interface ReadFile {
  readonly events: Event[];
  readonly info: StreamInfo;
  readonly error: unknown;
}

/** A capture under traces/formats, unpacked. */
export function sample(name: string): Buffer {
  const bytes = readFileSync(new URL(`../../traces/formats/${name}`, import.meta.url));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

const zstd = await frameUnpacker(true);

const unpack: RandomAccess['unpack'] = (packing, packed, size) => {
  const inflate = { zlib: inflateSync, gzip: gunzipSync, zstd: undefined }[packing];
  const unpacked = inflate === undefined ? zstd(packed, size) : inflate(packed, { maxOutputLength: size });
  if (unpacked.length !== size) throw new Error(`${unpacked.length} bytes in place of ${size}`);
  return Buffer.from(unpacked);
};

function newInfo(format: string): StreamInfo {
  return { file: 'given', format, recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
}

function drain(info: StreamInfo, batches: Generator<Event[]>): ReadFile {
  const events: Event[] = [];
  try {
    for (const batch of batches) events.push(...batch);
  } catch (error) {
    return { events, info, error };
  }
  return { events, info, error: undefined };
}

/** `origin` numbers the files that a native form names as sources. */
export function readFile(format: Pick<FileFormat, 'name' | 'read'>, bytes: Buffer, origin?: Origin): ReadFile {
  const info = newInfo(format.name);
  return drain(info, format.read(info, 0, inMemory(bytes, { unpack }), origin));
}

/** Random numbers below `n`, the same in every run (mulberry32). */
export function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** Whole events with absolute times, rounded to `unit` ns as trace-cmd rounds, or cut off as perf does. */
export function placed({ events, info }: Pick<ReadFile, 'events' | 'info'>, unit: number, cut = false): unknown[] {
  const half = cut ? 0n : BigInt(unit) / 2n;
  const fields = told(events);
  return events.map(({ ns, on, tid, name }, i) => ({ ...fields[i], on, tid, name, time: ((info.base + BigInt(ns) + half) / BigInt(unit)) * BigInt(unit) }));
}
