// Binary recordings that are cut off or have a wrong byte: what was read so far comes out, then a clear end; never anything else.

import { describe, expect, test } from 'vitest';
import { TraceError } from '../../src/import/format.js';
import { perfData } from '../../src/import/perf-data.js';
import { traceDat } from '../../src/import/trace-dat.js';
import { numbers, readFile, sample, type ReadFile } from './binary.js';

const SAMPLES = [
  { name: 'trace-dat/steps.v6.dat', format: traceDat },
  { name: 'trace-dat/steps.v7-none.dat', format: traceDat },
  { name: 'trace-dat/steps.v7-zstd.dat', format: traceDat },
  { name: 'trace-dat/loss.v7-zstd.dat', format: traceDat },
  { name: 'perf-data/steps.perf.data.gz', format: perfData },
  { name: 'perf-data/loss.perf.data.gz', format: perfData },
  { name: 'perf-data/command.perf.data.gz', format: perfData },
];
const TRIES = 200;

/** What happened, if it is not one of the things that may. */
function breach({ error, events, info }: ReadFile, most: number): string | undefined {
  if (error !== undefined && !(error instanceof TraceError)) return `threw ${String(error)}`;
  if (error instanceof TraceError && !/at byte \d+/.test(error.message)) return `does not say where: ${error.message}`;
  if (events.length > most) return `${events.length} events`;
  return info.losses.length > 1000 ? `${info.losses.length} losses` : undefined;
}

describe.each(SAMPLES)('$name', ({ name, format }) => {
  const whole = sample(name);
  const sound = readFile(format, whole);
  const told = JSON.stringify(sound.events, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

  test(`cut off at ${TRIES} places gives the events in front and says where it ends`, () => {
    const random = numbers(7);
    const breaches: string[] = [];
    for (let i = 0; i < TRIES; i++) {
      const cut = 16 + random(whole.length - 16);
      const read = readFile(format, whole.subarray(0, cut));
      const problem = breach(read, sound.events.length);
      if (problem !== undefined) breaches.push(`${cut}: ${problem}`);
      const same = JSON.stringify(read.events, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) === told;
      if (read.error === undefined && !same) breaches.push(`${cut}: other events without a word`);
    }
    expect(breaches).toEqual([]);
  });

  test(`with a wrong byte at ${TRIES} places ends well or says where it ends`, () => {
    const random = numbers(11);
    const breaches: string[] = [];
    for (let i = 0; i < TRIES; i++) {
      const bytes = Buffer.from(whole);
      const at = 16 + random(whole.length - 16);
      bytes.writeUInt8((bytes.readUInt8(at) ^ (1 + random(255))) & 0xff, at);
      const problem = breach(readFile(format, bytes), 20_000);
      if (problem !== undefined) breaches.push(`${at}: ${problem}`);
    }
    expect(breaches).toEqual([]);
  });
});
