// A packed recording that turns out to have a wrong byte: nothing tells where, so nothing that was found in it stands.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { convert } from '../../src/commands/convert.js';
import { Run } from '../../src/commands/run.js';
import { DamageError } from '../../src/import/chunks.js';
import { Xxh64 } from '../../src/import/xxh64.js';

const folder = mkdtempSync(join(tmpdir(), 'irqreplay-damage-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A bug, and behind it more than is unpacked at once. */
const BUG = Buffer.concat([
  readFileSync(new URL('../../traces/bugs/2025-gsi-leak.irq', import.meta.url)),
  Buffer.from(Array.from({ length: 4000 }, (_, i) => `# ${Math.imul(i + 1, 0x9e37_79b1) >>> 0}\n`).join('')),
]);

/** One raw block with a checksum (RFC 8878, 3.1.1). */
function frame(bytes: Buffer): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((bytes.length << 3) | 1, 0, 3);
  const hash = new Xxh64();
  hash.update(bytes);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(hash.low());
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x38]), header, bytes, checksum]);
}

async function check(name: string, bytes: Buffer): Promise<{ found: number; error: unknown }> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const run = await Run.open([path]);
  const error: unknown = await run.play().catch((reason: unknown) => reason);
  return { found: run.analysis().findings.length, error };
}

/** With another last byte. */
const spoilt = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]);

test.each([
  ['zstd', frame(BUG)],
  ['gzip', gzipSync(BUG)],
])('%s', async (name, packed) => {
  const sound = await check(name, packed);
  expect([sound.found > 0, sound.error]).toEqual([true, undefined]);
  const { found, error } = await check(name, spoilt(packed));
  expect([found, error instanceof DamageError]).toEqual([0, true]);
  // cut off in front of it, it shows what it held
  const cut = await check(name, packed.subarray(0, -2));
  expect([cut.found, cut.error instanceof DamageError]).toEqual([sound.found, false]);
});

test('is not converted', async () => {
  const path = join(folder, 'spoilt.zst');
  const out = join(folder, 'out.ndjson');
  writeFileSync(path, spoilt(frame(BUG)));
  await expect(convert({ files: [path], out, to: undefined, progress: false, qemuEvents: undefined, vm: undefined, offset: [] })).rejects.toBeInstanceOf(DamageError);
  expect(existsSync(out)).toBe(false);
});
