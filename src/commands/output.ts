// Where results go: to standard output, coloured where a person reads them, or to a file that was named.

import { fstatSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { codeOf } from '../import/chunks.js';
import { reasonOf } from '../import/read-error.js';
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

const STDIN = 0;
const STDOUT = 1;

/** A file or device. Node's stream for one takes a part that was written, of a disk that is nearly full, for the whole. */
export function stdoutIsFile(): boolean {
  const found = fstatSync(STDOUT);
  return !found.isFIFO() && !found.isSocket() && !process.stdout.isTTY;
}

/** All of it, or an error. */
export function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** The result could not be written: what is there is not whole. */
export class WriteError extends UsageError {
  /** `option`: how the person named the file. */
  constructor(path: string, cause: unknown, option?: string) {
    // only a file that is written is made
    const reason = codeOf(cause) === 'ENOENT' ? 'no such folder' : reasonOf(cause);
    super(`cannot write ${path === '-' ? 'standard output' : path}${option === undefined ? '' : ` (${option})`}: ${reason}`);
  }
}

export function printWhole(bytes: Uint8Array): void {
  try {
    writeWhole(STDOUT, bytes);
  } catch (error) {
    throw new WriteError('-', error);
  }
}

export function print(text: string): void {
  if (stdoutIsFile()) printWhole(Buffer.from(text));
  else process.stdout.write(text);
}

/** The same for every name of one file, folder or pipe; undefined if there is none, and for a device, which is no recording. `-` is standard input. */
export function identityOf(path: string): string | undefined {
  try {
    const found = path === '-' ? fstatSync(STDIN) : statSync(path);
    return found.isCharacterDevice() ? undefined : `${found.dev}:${found.ino}`;
  } catch {
    return undefined;
  }
}

/** A recording may be the only one there is: no result takes its place. `option`: how the person named the result's file. */
export function spareRecordings(files: readonly string[], out: string | undefined, option: string): void {
  const target = out === undefined || out === '-' ? undefined : identityOf(out);
  const isThere = (file: string): boolean => identityOf(file) === target;
  if (target !== undefined && files.some(isThere)) throw new UsageError(`${option}: is a recording that is read, expected another file`);
}

/** `option`: by which the person named the file. */
export function writeText(file: string, text: string, option: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new WriteError(file, error, option);
  }
}
