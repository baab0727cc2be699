// XXH64 against values that xxHash publishes, and however the bytes come.

import { expect, test } from 'vitest';
import { Xxh64 } from '../../src/import/xxh64.js';

/** Digests of seed 0 as `xxh64sum` and python-xxhash print them; the low half is what zstd keeps. */
const DIGESTS: readonly [string, string][] = [
  ['', 'ef46db3751d8e999'],
  ['a', 'd24ec4f1a98c6e5b'],
  ['abc', '44bc2cf5ad770999'],
  ['Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
];

test.each(DIGESTS)('of %j', (text, digest) => {
  const bytes = Buffer.from(text);
  for (const piece of [1, 5, 32, 64]) {
    const hash = new Xxh64();
    for (let at = 0; at < bytes.length; at += piece) hash.update(bytes.subarray(at, at + piece));
    expect(hash.low()).toBe(Number.parseInt(digest.slice(8), 16));
  }
});
