// Files that are read anywhere: plain, packed, through a pipe. The same events, and the temporary file leaves nothing behind.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import type { Event } from '../../src/event.js';
import { TraceError } from '../../src/import/format.js';
import { FORMATS } from '../../src/import/index.js';
import { openRecording } from '../../src/import/open.js';
import { traceDat } from '../../src/import/trace-dat.js';
import { readFile, sample } from './binary.js';

const folder = mkdtempSync(join(tmpdir(), 'irqreplay-open-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const DAT = sample('trace-dat/steps.v6.dat');
const { events: EVENTS } = readFile(traceDat, DAT);

async function read(path: string, onBytes?: (read: number, total: number | undefined) => void): Promise<{ events: Event[]; error: unknown }> {
  const events: Event[] = [];
  try {
    const { batches } = await openRecording(path, FORMATS, 0, { onBytes });
    for await (const batch of batches()) events.push(...batch);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

function file(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test.each([
  ['plain', DAT],
  ['gzip', gzipSync(DAT)],
])('%s', async (name, bytes) => {
  expect(await read(file(name, bytes))).toEqual({ events: EVENTS, error: undefined });
});

test('through a pipe that is no standard input', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const path = file('whole.dat', DAT);
  spawn('sh', ['-c', 'cat "$1" > "$2"', 'sh', path, pipe]);
  expect(await read(pipe)).toEqual({ events: EVENTS, error: undefined });
});

test('packed data that break off are told as that', async () => {
  const packed = gzipSync(DAT);
  const { error } = await read(file('cut.gz', packed.subarray(0, packed.length - 200)));
  expect(error).toBeInstanceOf(TraceError);
  expect(String(error)).toContain('the rest of the gzip data');
});

test('the temporary file is gone while it is read', async () => {
  const path = file('spooled.gz', gzipSync(DAT));
  const own = join(folder, 'tmp');
  mkdirSync(own);
  vi.stubEnv('TMPDIR', own);
  const { batches } = await openRecording(path, FORMATS, 0);
  vi.unstubAllEnvs();
  expect(readdirSync(own)).toEqual([]);
  const first = await batches().next();
  expect(first.value).not.toHaveLength(0);
});

test('tells how far it is', async () => {
  const told: [number, number | undefined][] = [];
  await read(file('told.dat', DAT), (bytes, total) => told.push([bytes, total]));
  expect(told.at(-1)).toEqual([DAT.length, DAT.length]);
});
