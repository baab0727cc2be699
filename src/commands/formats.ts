// The forms a check's result can have, by name. Light: the renderers themselves are loaded only when a check runs.

import { UsageError } from './usage.js';

export const CHECK_FORMATS = ['pretty', 'json', 'ndjson', 'markdown', 'sarif', 'junit', 'github'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];
export const TEST_FORMATS = ['pretty', 'json', 'junit', 'github'] as const;
export type TestFormat = (typeof TEST_FORMATS)[number];

/** A form and the file it goes to. */
export interface Output {
  readonly format: CheckFormat;
  readonly file: string;
}

/** `sarif=out.sarif`. */
export function parseOutput(text: string): Output {
  const [, name = '', file = ''] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
  const format = CHECK_FORMATS.find((each) => each === name);
  if (format === undefined) throw new UsageError(`--output ${text}: expected FORMAT=FILE with a format of ${CHECK_FORMATS.join(', ')}`);
  return { format, file };
}
