// What differs between a terminal and a pipe.

import { expect, test } from 'vitest';
import { guarded } from '../../src/commands/options.js';
import { wantsColour } from '../../src/commands/output.js';
import { progressLine } from '../../src/commands/progress.js';

test('NO_COLOR goes before FORCE_COLOR, and both before the terminal', () => {
  expect(wantsColour({}, true)).toBe(true);
  expect(wantsColour({}, false)).toBe(false);
  expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: '1' }, false)).toBe(true);
  expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false);
  expect(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true)).toBe(false);
});

test('a file of known size has a bar, a share, a rate and a time left', () => {
  const line = progressLine(50e6, 200e6, 1000, 79);
  expect(line).toBe('[######                  ] 25 %  50.0 MB of 200.0 MB  50.0 MB/s  3 s left');
  expect(progressLine(200e6, 200e6, 4000, 79)).toMatch(/^\[#{24}\] 100 % .* 50\.0 MB\/s$/);
});

test('a narrow terminal has the numbers, without the bar', () => {
  expect(progressLine(50e6, 200e6, 1000, 59)).toBe('25 %  50.0 MB of 200.0 MB  50.0 MB/s  3 s left');
});

test('a pipe has bytes and a rate', () => {
  expect(progressLine(1500, undefined, 1000, 79)).toBe('2 kB  2 kB/s');
  expect(progressLine(0, undefined, 0, 79)).toBe('0 kB  0 kB/s');
});

test('standard input and what follows -- survive the reading of the command line', () => {
  expect(guarded(['check', 'a', '--rule', 'x', '--', '-w', 'b', '-'])).toEqual(['check', 'a', '--rule', 'x', './-w', 'b', './-']);
  expect(guarded(['check', '-'])).toEqual(['check', '\0']);
});
