// Sidecars of recordings: what they may hold, how they are written again, how what was found differs.

import { describe, expect, test } from 'vitest';
import { difference, ExpectationError, formatExpectation, parseExpectation } from '../src/expectation.js';

test('findings, streams, settings and comments', () => {
  expect(parseExpectation('# why\n\nroute/leak routes\nioapic/lost-level pin:ioapic/10 \nwith ioctl.jsonl\noffset ioctl.jsonl=-1.5s~1us\nvm 155\nset stormN=200\n', 'f')).toEqual({
    findings: ['ioapic/lost-level pin:ioapic/10', 'route/leak routes'],
    streams: ['ioctl.jsonl'],
    offsets: ['ioctl.jsonl=-1.5s~1us'],
    vm: '155',
    settings: ['stormN=200'],
    refused: undefined,
    notes: ['# why'],
  });
  expect(parseExpectation('none\r\n', 'f').findings).toEqual([]);
});

test.each(['nonsense', 'route/leak', 'with', 'Route/Leak x'])('%j is refused with its line', (line) => {
  expect(() => parseExpectation(`none\n${line}\n`, 'a.expect')).toThrow(ExpectationError);
  expect(() => parseExpectation(`none\n${line}\n`, 'a.expect')).toThrow('a.expect:2: found');
});

test('written and read again it is the same', () => {
  const text = '# why\nwith b.txt\noffset b.txt=-1.5s\nvm 0xffff8000\nset stormN=2\nroute/leak routes\n';
  expect(formatExpectation(parseExpectation(text, 'f'))).toBe(text);
  expect(formatExpectation({ findings: [], streams: [], offsets: [], vm: undefined, settings: [], refused: undefined, notes: [] })).toBe('none\n');
});

describe('difference', () => {
  test('names what is missing and what is too much, each once', () => {
    expect(difference(['a', 'b'], ['b', 'c', 'c'])).toEqual({ missing: ['a'], surplus: ['c'] });
  });
});
