// Parquet files that are cut off or have a wrong byte: an error that says where, never a crash, a hang or unbounded memory.

import { describe, expect, test } from 'vitest';
import { FILES } from '../arbitrary-event.js';
import { TraceError } from '../../src/import/format.js';
import { numbers } from './binary.js';
import { copied, readParquet, SAMPLE, written } from './parquet-file.js';

describe.each([
  ['of our own', (bytes: Buffer): Promise<Buffer> => Promise.resolve(bytes)],
  ['of DuckDB, zstd', (bytes: Buffer): Promise<Buffer> => copied(bytes, { options: ', COMPRESSION zstd' })],
])('a file %s', (_, through) => {
  const TRIES = 200;
  const sound = written(Array.from({ length: 40 }, () => SAMPLE).flat()).then(through);

  /** What happened, if it is not one of the things that may. */
  function breach(bytes: Buffer): string | undefined {
    const { error, events } = readParquet(bytes);
    if (events.length > 40 * SAMPLE.length * (1 + FILES.length)) return `${events.length} events`;
    if (error === undefined) return undefined;
    if (!(error instanceof TraceError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
    return /at byte \d+/.test(error.message) ? undefined : `does not say where: ${error.message}`;
  }

  test(`cut off at ${TRIES} places says where it ends`, async () => {
    const bytes = await sound;
    const random = numbers(7);
    const cuts = Array.from({ length: TRIES }, () => bytes.subarray(0, random(bytes.length)));
    expect(cuts.flatMap((cut) => breach(cut) ?? [])).toEqual([]);
    expect(cuts.filter((cut) => readParquet(cut).error === undefined)).toEqual([]);
  });

  test(`with a wrong byte at ${TRIES} places ends well or says where`, async () => {
    const bytes = await sound;
    const random = numbers(11);
    const flips = Array.from({ length: TRIES }, () => {
      const copy = Buffer.from(bytes);
      const at = random(copy.length);
      copy.writeUInt8((copy.readUInt8(at) ^ (1 + random(255))) & 0xff, at);
      return copy;
    });
    expect(flips.flatMap((flip) => breach(flip) ?? [])).toEqual([]);
    // most of them are noticed
    expect(flips.filter((flip) => readParquet(flip).error !== undefined).length).toBeGreaterThan(TRIES / 4);
  });
});
