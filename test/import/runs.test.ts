// Runs of the RLE/bit-packing hybrid: the examples of the format's description (Encodings.md), and what damaged ones end in.

import { expect, test } from 'vitest';
import { readRuns } from '../../src/import/parquet/runs.js';

const read = (bytes: readonly number[], width: number, count: number): number[] => [...readRuns(Buffer.from(bytes), width, new Int32Array(count))];

test.each([
  ['bits, the least first', [3, 0b10001000, 0b11000110, 0b11111010], 3, [0, 1, 2, 3, 4, 5, 6, 7]],
  ['bits that fill up to eight', [3, 0b10001000, 0b11000110, 0b11111010], 3, [0, 1, 2, 3, 4]],
  ['a run', [6, 1], 1, [1, 1, 1]],
  ['a run of two bytes each', [4, 0x34, 0x12], 13, [0x1234, 0x1234]],
  ['a run with its length in two bytes', [0x90, 0x03, 1], 1, Array.from({ length: 200 }, () => 1)],
  ['a run behind bits', [3, 0b101, 2 << 1, 1], 1, [1, 0, 1, 0, 0, 0, 0, 0, 1, 1]],
  ['numbers of no bits', [6], 0, [0, 0, 0]],
])('%s', (_, bytes, width, numbers) => {
  expect(read(bytes, width, numbers.length)).toEqual(numbers);
});

test.each([
  // 2^31 - 1 values in six bytes: whoever makes room for them has none left
  [[0xfe, 0xff, 0xff, 0xff, 0x0f, 1], 1, 40, 'a run of 2147483647 where 40 are left'],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 1, 40, 'a run of too great a length'],
  [[0, 1], 1, 1, 'an empty run'],
  [[6], 1, 3, 'runs that end early'],
  [[3, 0x88, 0xc6], 3, 8, 'runs that end early'],
  [[6, 2], 1, 3, '2 in 1 bits'],
  [[6, 1], 32, 3, 'numbers of 32 bits'],
])('%j ends in an error', (bytes, width, count, message) => {
  expect(() => read(bytes, width, count)).toThrow(message);
});
