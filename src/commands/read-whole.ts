// A small file that is read at once: a sidecar, a configuration, a list of events.

import { readFileSync } from 'node:fs';
import { ReadError } from '../import/read-error.js';

/** `option`: by which the person named the file. Throws a ReadError. */
export function readWhole(file: string, option?: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ReadError(file, error, option);
  }
}
