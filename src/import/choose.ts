// The importer for a recording, told by its first bytes.

import { TraceError } from './format.js';
import type { AnyFormat } from './source.js';

/** Binary recordings that have a text form, and the command that prints it. */
const BINARIES: Readonly<Record<string, string>> = {
  PERFILE2: 'perf script',
};

export function choose(path: string, head: Buffer, formats: readonly AnyFormat[]): AnyFormat {
  const format = formats.find((each) => each.detect(head));
  if (format !== undefined) return format;
  if (head.length === 0) throw new TraceError(path, 1, '', 'a recording; this file is empty');
  const start = head.toString('latin1', 0, 16);
  const [, command] = Object.entries(BINARIES).find(([magic]) => start.startsWith(magic)) ?? [];
  const advice = command === undefined ? '' : `; for this one take the output of \`${command}\``;
  const [line = ''] = head.toString('utf8', 0, 200).split('\n');
  throw new TraceError(path, 1, line, `a recording in one of the formats ${formats.map(({ name }) => name).join(', ')}${advice}`);
}
