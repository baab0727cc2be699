// Escaping and layout of report texts.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import { eventText } from '../../src/report/event-text.js';
import { table } from '../../src/report/table.js';
import { duration, grouped, place, printable, printableJson, sentenceCase, shortNames, tally, wrapped } from '../../src/report/text.js';

const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\x1b[31m', '\x9b31m', '\r\n\t', '\u202egnirts', '\x7f\0'));

test('no word of a recording reaches the terminal as a control character', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(printable(text)).not.toMatch(CONTROLS);
    }),
  );
  expect(printable('a\x1b[31m\u202e\n\tb')).toBe('a\\x1b[31m\\u202e\\n\\tb');
});

test('plain words stay as they are', () => {
  expect(printable('0000:00:04.0 é 漢 🙂 "x" \\n')).toBe('0000:00:04.0 é 漢 🙂 "x" \\n');
});

test('JSON without control characters says the same', () => {
  fc.assert(
    fc.property(anyText, anyText, (key, value) => {
      const record = { [key]: value, '': [value] };
      const text = printableJson(JSON.stringify(record, null, 1));
      expect(text.replaceAll('\n', '')).not.toMatch(CONTROLS);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(record)));
    }),
  );
});

test('numbers and times', () => {
  expect([0, 999, 1000, 12345, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '12,345', '1,234,567']);
  expect([1, 999, 1000, 1500, 17e6, 3.2e9, 3600e9, 123.4e9].map(duration)).toEqual(
    ['1 ns', '999 ns', '1 µs', '1.5 µs', '17 ms', '3.2 s', '3,600 s', '123 s'],
  );
});

test('a place is a file and a line, a tally begins with the greatest', () => {
  expect(place({ stream: 1, at: 7 }, ['a', 'b\x1b'])).toBe('b\\x1b:7');
  expect(place({ stream: 9, at: 7 }, ['a'])).toBe('?:7');
  expect(tally({ irr: 3, 'rte.mask': 1200 })).toBe('rte.mask ×1,200, irr ×3');
});

test('tables have no colour of their own, break between words and cut none', () => {
  const text = table([{ head: 'a' }, { head: 'n', align: 'right' }, { head: 'words', width: 10 }], [['x', '1', 'one two three averylongwordindeed']]);
  expect(text).not.toContain('\x1b');
  expect(text.split('\n').map((line) => line.trimEnd())).toEqual(['a  n  words', 'x  1  one two three', '      averylongwordindeed']);
});

test('names are as short as they may be to stay different', () => {
  expect(shortNames(['/a/b/raw.txt', '/a/b/ioctl.jsonl'])).toEqual(['raw.txt', 'ioctl.jsonl']);
  expect(shortNames(['/a/x/raw.txt', '/a/y/raw.txt', '-'])).toEqual(['x/raw.txt', 'y/raw.txt', '-']);
  expect(shortNames(['raw.txt', 'a/raw.txt', '/raw.txt'])).toEqual(['raw.txt', 'a/raw.txt', '/raw.txt']);
  fc.assert(
    fc.property(fc.uniqueArray(fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')), { maxLength: 5 }), (files) => {
      const short = shortNames(files);
      expect(new Set(short).size).toBe(files.length);
      expect(files.every((file, i) => file.endsWith(short[i] ?? '?'))).toBe(true);
    }),
  );
});

test('prose breaks between words, and longer words stand alone', () => {
  expect(wrapped('one two', '- ', '  ')).toEqual(['- one two']);
  expect(wrapped(`${'a'.repeat(90)} b ${'c'.repeat(76)}`, '  ')).toEqual([`  ${'a'.repeat(90)}`, '  b', `  ${'c'.repeat(76)}`]);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('x', 'y'), minLength: 1, maxLength: 70 })), (words) => {
      const text = words.join(' ');
      const lines = wrapped(text);
      expect(lines.join(' ')).toBe(text);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(78);
    }),
  );
});

test('of a long value the beginning is shown', () => {
  const [event] = parseIrq(`kvm.routes nr=400 ret=0 map=${Array.from({ length: 400 }, (_, i) => i).join(',')}\n`, 'test').events;
  expect(event === undefined ? '' : eventText(event)).toMatch(/^kvm\.routes nr=400 ret=0 map=0,1,2,[0-9,]*…$/);
});

test('a sentence begins with a capital, a name as it is written', () => {
  expect(['pin 3 fell', 'vCPU 0 runs', 'pINTID 27 is', 'MSI-X entry', '0000:00:04.0 sent', ''].map(sentenceCase)).toEqual(['Pin 3 fell', 'vCPU 0 runs', 'pINTID 27 is', 'MSI-X entry', '0000:00:04.0 sent', '']);
});
