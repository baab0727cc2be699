// The importer for a recording, told by its first bytes.

import { TraceError } from './format.js';
import type { AnyFormat } from './source.js';

export function choose(path: string, head: Buffer, formats: readonly AnyFormat[]): AnyFormat {
  const format = formats.find((each) => each.detect(head));
  if (format !== undefined) return format;
  if (head.length === 0) throw new TraceError(path, 1, '', 'a recording; this file is empty');
  const [line = ''] = head.toString('utf8', 0, 200).split('\n');
  throw new TraceError(path, 1, line, `a recording in one of the formats ${formats.map(({ name }) => name).join(', ')}`);
}
