// The importer for a recording, told by its first bytes.

import { TraceError } from './format.js';
import type { AnyFormat } from './source.js';

/** Texts of a recorder that something else was put around, and what takes it off. */
const WRAPPED = [
  { pattern: /^(?:\xff\xfe|\xfe\xff)/, expected: 'a text in UTF-8: iconv -f UTF-16 -t UTF-8 makes one of a text in UTF-16' },
  {
    pattern: /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:.,+Z-]+) \S+ [^\s:[]+(?:\[\d+\])?: /,
    expected: "the recorder's lines alone, without the journal's time, host and program in front: journalctl -o cat prints them so",
  },
];

export function choose(path: string, head: Buffer, formats: readonly AnyFormat[]): AnyFormat {
  const format = formats.find((each) => each.detect(head));
  if (format !== undefined) return format;
  if (head.length === 0) throw new TraceError(path, 1, '', 'a recording; this file is empty');
  const [line = ''] = head.toString('utf8', 0, 200).split('\n');
  const wrapped = WRAPPED.find(({ pattern }) => pattern.test(head.toString('latin1', 0, 200)));
  throw new TraceError(path, 1, line, wrapped?.expected ?? `a recording in one of the formats ${formats.map(({ name }) => name).join(', ')}`);
}
