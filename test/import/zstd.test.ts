// Single zstd frames: the library in WebAssembly and fzstd must agree, and a frame's header must be read as RFC 8878 writes it.

import { readFileSync } from 'node:fs';
import { decompress } from 'fzstd';
import { describe, expect, test } from 'vitest';
import { frameUnpacker, statedSize, zstdLibrary } from '../../src/import/zstd.js';

const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** A header with this descriptor and these bytes behind it. */
const header = (descriptor: number, ...rest: number[]): Buffer => Buffer.concat([FRAME, Buffer.from([descriptor, ...rest]), Buffer.alloc(18)]);

test.each([
  ['none', header(0x00, 0x58), undefined],
  ['one byte, of a single segment', header(0x20, 200), 200],
  ['two bytes, which count from 256', header(0x40, 0x58, 0x01, 0x02), 0x0201 + 256],
  ['four bytes behind a dictionary of four', header(0xa3, 1, 2, 3, 4, 0x78, 0x56, 0x34, 0x12), 0x12345678],
  ['eight bytes', header(0xe0, 0, 0, 0, 0, 1, 0, 0, 0), 2 ** 32],
  ['of what is no frame', Buffer.alloc(40), Number.NaN],
  ['of a frame that is cut off', header(0xe0).subarray(0, 10), Number.NaN],
])('the size a frame states: %s', (_, frame, size) => {
  expect(statedSize(frame)).toBe(size);
});

const text = readFileSync(new URL('../../package-lock.json', import.meta.url)).subarray(0, 40_960);

/** What becomes of bytes: their contents, or that they are refused. */
function fate(unpack: () => Uint8Array): string {
  try {
    return Buffer.from(unpack()).toString('latin1');
  } catch {
    return 'refused';
  }
}

describe('frames', () => {
  test('are unpacked as fzstd does, whole, twice over, cut and damaged', async () => {
    const packed = Buffer.from((await zstdLibrary()).compress(text));
    const unpack = await frameUnpacker(true);
    expect(Buffer.from(unpack(packed, text.length)).equals(text)).toBe(true);
    const wrong = [packed.subarray(0, 200), Buffer.concat([packed, packed]), ...[5, 6, 40, 900].map((at) => Buffer.from(packed).fill(0xff, at, at + 3))];
    for (const bytes of wrong) {
      const room = (): Uint8Array => new Uint8Array(text.length);
      expect(fate(() => unpack(bytes, text.length))).toBe(fate(() => decompress(bytes, room())));
    }
  });

  test('that state more than they are to be cost no room for it', async () => {
    const unpack = await frameUnpacker(true);
    expect(fate(() => unpack(header(0xe0, 0, 0, 0, 0, 0, 1, 0, 0), 4096))).toBe('refused');
  });
});
