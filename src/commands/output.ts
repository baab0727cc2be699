// Where results go: to standard output, coloured where a person reads them, or to a file that was named.

import { writeFileSync } from 'node:fs';
import { styleText } from 'node:util';
import type { Paint } from '../report/text.js';
import { UsageError } from './usage.js';

/** NO_COLOR before FORCE_COLOR before the terminal (no-color.org, force-color.org). */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { NO_COLOR: never = '', FORCE_COLOR: always } = env;
  if (never !== '') return false;
  return always === undefined ? isTerminal : always !== '0' && always !== 'false';
}

const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

export const painter = (): Paint => (wantsColour(process.env, process.stdout.isTTY) ? coloured : plain);

export function print(text: string): void {
  process.stdout.write(text);
}

/** `option`: how the person named the file. */
export function writeText(file: string, text: string, option: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
