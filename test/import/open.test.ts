// Opening: whatever the packing, the same events; what cannot be read is named, after the events in front of it.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { DamageError } from '../../src/import/chunks.js';
import { TraceError } from '../../src/import/format.js';
import { FORMATS } from '../../src/import/index.js';
import { parseIrq } from '../../src/import/irq.js';
import { openRecording, type OpenOptions } from '../../src/import/open.js';
import { ReadError } from '../../src/import/read-error.js';

const folder = mkdtempSync(join(tmpdir(), 'irqreplay-open-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (name: string): string => fileURLToPath(new URL(`../../traces/formats/irq/${name}`, import.meta.url));
const TEXT = readFileSync(sample('level-resample.irq'), 'utf8');
const EVENTS = parseIrq(TEXT, 'x').events.map(withoutPlace);
/** Many chunks of 1 MiB, every line different. */
const LONG = Array.from({ length: 120_000 }, (_, i) => `@${i} kvm.set_irq gsi=${i % 24} level=${i % 2} source=0\n`).join('');

function withoutPlace(event: Event): unknown {
  return { ...event, stream: 0, at: 0 };
}

function file(name: string, bytes: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The events up to the end or to an error. */
async function read(path: string, options: OpenOptions = {}): Promise<{ events: Event[]; error: unknown }> {
  const events: Event[] = [];
  try {
    const { batches } = await openRecording(path, FORMATS, 0, options);
    for await (const batch of batches()) events.push(...batch);
  } catch (error) {
    return { events, error };
  }
  return { events, error: undefined };
}

/** A zstd frame without compression or checksum (RFC 8878, 3.1.1): magic, descriptor with window of 128 KiB, raw blocks. */
function zstdFrame(bytes: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])];
  for (let at = 0; at < bytes.length; at += 100_000) {
    const block = bytes.subarray(at, at + 100_000);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at + 100_000 >= bytes.length ? 1 : 0), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

describe('the same events', () => {
  test.each(['level-resample.irq', 'level-resample.irq.gz', 'level-resample.irq.zst', 'two-frames.irq.zst', 'pzstd.irq.zst'])('from %s', async (name) => {
    const { events, error } = await read(sample(name));
    expect(error).toBeUndefined();
    expect(events.map(withoutPlace)).toEqual(EVENTS);
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['plain', (bytes) => bytes],
    ['with a byte order mark', (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes])],
    ['gzip', (bytes) => gzipSync(bytes)],
    ['gzip with a byte order mark', (bytes) => gzipSync(Buffer.concat([Buffer.from('\ufeff'), bytes]))],
    ['gzip in members', (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 1_000_001)), gzipSync(bytes.subarray(1_000_001))])],
    ['gzip padded with zeros', (bytes) => Buffer.concat([gzipSync(bytes), Buffer.alloc(1_000_000)])],
    ['zstd', zstdFrame],
    ['zstd in frames', (bytes) => Buffer.concat([zstdFrame(bytes.subarray(0, 1_000_001)), zstdFrame(bytes.subarray(1_000_001))])],
  ])('from a long file, %s', async (_name, pack) => {
    const { events, error } = await read(file('long', pack(Buffer.from(LONG))));
    expect(error).toBeUndefined();
    expect(events).toHaveLength(120_000);
    expect(events.every((event, i) => event.ns === i && event.at === i + 1 && event.kind === 'kvm.set_irq' && event.gsi === i % 24)).toBe(true);
  });

  test('from a pipe that gives a byte, waits, and gives the rest', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', '{ head -c 1 "$1"; sleep 0.1; tail -c +2 "$1"; } > "$2"', 'sh', sample('level-resample.irq.gz'), pipe]);
    const { events, error } = await read(pipe);
    writer.kill();
    expect(error).toBeUndefined();
    expect(events.map(withoutPlace)).toEqual(EVENTS);
  });
});

test('the stream tells its file, its format and what was read', async () => {
  const { info, batches } = await openRecording(sample('level-resample.irq.gz'), FORMATS, 3);
  expect(info).toMatchObject({ file: sample('level-resample.irq.gz'), format: 'irq', lines: 0 });
  for await (const batch of batches()) expect(batch.every(({ stream }) => stream === 3)).toBe(true);
  expect(info.lines).toBe(23);
});

test('a native recording names its sources through the given numbering', async () => {
  const asked: string[] = [];
  const path = file('origin', 'vm.reset\nvm.close src="a.txt:7 kvm_x"\n');
  const { events } = await read(path, { origin: (name) => asked.push(name) + 40 });
  expect(asked).toEqual(['a.txt']);
  expect(events.map(({ stream, at, name }) => ({ stream, at, name }))).toEqual([
    { stream: 0, at: 1, name: 'vm.reset' },
    { stream: 41, at: 7, name: 'kvm_x' },
  ]);
});

test('progress counts the bytes of the file, packed ones if it is packed', async () => {
  const bytes = gzipSync(LONG);
  const seen: [number, number | undefined][] = [];
  await read(file('progress.gz', bytes), { onBytes: (read, total) => seen.push([read, total]) });
  expect(seen.at(-1)).toEqual([bytes.length, bytes.length]);
});

describe('a file broken off', () => {
  test.each([
    ['gzip', gzipSync(LONG, { level: 1 })],
    ['zstd', zstdFrame(Buffer.from(LONG))],
  ])('gives what was in it, then says where it ends: %s', async (method, whole) => {
    for (const cut of [whole.length - 1, whole.length >> 1, 200_000]) {
      const { events, error } = await read(file('cut', whole.subarray(0, cut)));
      expect(events.length).toBeGreaterThan(1000);
      expect(events.every((event, i) => event.ns === i)).toBe(true);
      expect(error).toBeInstanceOf(TraceError);
      expect(String(error)).toContain(`cut:${cut}: found "the end of the file at byte ${cut}", expected the rest of the ${method} data`);
    }
  });

  test.each([
    ['gzip', gzipSync(TEXT), 400],
    ['zstd', zstdFrame(Buffer.from(TEXT)), 3],
    ['gzip', gzipSync(TEXT), 12],
    ['zstd', readFileSync(sample('two-frames.irq.zst')), 500],
  ])('however short: %s', async (_method, whole, cut) => {
    const { error } = await read(file('cut', whole.subarray(0, cut)));
    expect(error).toBeInstanceOf(TraceError);
  });

  test('has no half line', async () => {
    const { events } = await read(file('cut', zstdFrame(Buffer.from('vm.close\nkvm.ack chip=1 pin=12\n')).subarray(0, -2)));
    expect(events).toEqual([]);
    const frames = Buffer.concat([zstdFrame(Buffer.from('vm.close\nkvm.ack chip=1 pin=1')), zstdFrame(Buffer.from('2\n')).subarray(0, -1)]);
    const { events: two, error } = await read(file('cut', frames));
    expect(two.map(({ kind }) => kind)).toEqual(['vm.close']);
    expect(error).toBeInstanceOf(TraceError);
  });
});

describe('a damaged file', () => {
  test.each([
    ['gzip', gzipSync(LONG)],
    ['zstd', zstdFrame(Buffer.from(LONG))],
  ])('is named: %s', async (method, whole) => {
    // the checksum of gzip, a block header of zstd
    const at = method === 'gzip' ? whole.length - 8 : 6 + 100_003;
    const { error } = await read(file('bad', Buffer.concat([whole.subarray(0, at), Buffer.alloc(8, 0xff), whole.subarray(at + 8)])));
    expect(error).toBeInstanceOf(TraceError);
    expect(String(error)).toMatch(new RegExp(`damaged ${method} data before byte \\d+`));
  });

  test('with bytes behind the last member gives its events, and is no damage', async () => {
    const { events, error } = await read(file('more', Buffer.concat([readFileSync(sample('level-resample.irq.zst')), Buffer.from('and so on, and so forth')])));
    expect([events.map(withoutPlace), error instanceof TraceError, error instanceof DamageError]).toEqual([EVENTS, true, false]);
    const { error: gzip } = await read(file('more', Buffer.concat([gzipSync(LONG), Buffer.from('and so on')])));
    expect([gzip instanceof TraceError, gzip instanceof DamageError]).toEqual([true, false]);
    expect(String(gzip)).toMatch(/more:\d{3,}: /);
  });

  test.each(['level-resample.irq.zst', 'pzstd.irq.zst', 'two-frames.irq.zst'])('with a wrong byte anywhere is told: %s', async (name) => {
    const whole = readFileSync(sample(name));
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
      const { error } = await read(file('wrong', bytes));
      // a skippable frame may hold anything, and a dictionary's number is not looked at
      if (error === undefined) expect((await read(file('wrong', bytes))).events.map(withoutPlace)).toEqual((await read(sample(name))).events.map(withoutPlace));
      else expect(error).toBeInstanceOf(TraceError);
    }
  });

  test('gives the events in front of a line that cannot be read', async () => {
    const { events, error } = await read(file('bad', 'vm.reset\nvm.close\nvm.clos\n'));
    expect(events.map(({ kind }) => kind)).toEqual(['vm.reset', 'vm.close']);
    expect(String(error)).toContain('bad:3: found "vm.clos"');
  });
});

describe('what is no recording', () => {
  test('a missing file', async () => {
    await expect(openRecording(join(folder, 'none'), FORMATS, 0)).rejects.toThrow(new RegExp(`^cannot read ${folder}/none: no such file$`));
    await expect(openRecording(join(folder, 'none'), FORMATS, 0)).rejects.toBeInstanceOf(ReadError);
  });

  test('a directory', async () => {
    mkdirSync(join(folder, 'dir'));
    await expect(openRecording(join(folder, 'dir'), FORMATS, 0)).rejects.toThrow(/dir: is a directory$/);
  });

  test('a folder of perf is the file of data in it', async () => {
    mkdirSync(join(folder, 'kcore'));
    writeFileSync(join(folder, 'kcore', 'data'), TEXT);
    expect((await openRecording(join(folder, 'kcore'), FORMATS, 0)).info).toMatchObject({ file: join(folder, 'kcore', 'data'), format: 'irq' });
    expect((await read(join(folder, 'kcore'))).events.map(withoutPlace)).toEqual(EVENTS);
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'this file is empty'],
    ['an empty gzip file', gzipSync(''), 'this file is empty'],
    ['a text of another kind', Buffer.from('hello\nworld\n'), 'found "hello", expected a recording in one of the formats trace-dat, perf-data, parquet, qemu-simple, ndjson, irq'],
    ['a text in UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'iconv -f UTF-16 -t UTF-8'],
    ["QEMU's lines as the journal shows them", Buffer.from('Nov 28 12:00:01 host qemu-system-x86_64[1234]: ioapic_set_irq vector: 4 level: 0\n'), 'journalctl -o cat'],
    ['the same with ISO times', Buffer.from('2026-11-28T12:00:01+0100 host qemu[1234]: ioapic_set_irq vector: 4 level: 1\n'), 'journalctl -o cat'],
    ['a perf.data of another machine', Buffer.from('2ELIFREP\x00\x68', 'latin1'), 'perf script'],
  ])('%s', async (_name, bytes, message) => {
    const { events, error } = await read(file('odd', bytes));
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(TraceError);
    expect(String(error)).toContain(message);
  });
});
