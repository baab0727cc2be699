// The options of every command, as yargs reads them. Light: a command's own code is loaded only when it runs.

import { readFileSync } from 'node:fs';
import type { Argv, Options } from 'yargs';
import { UsageError } from './usage.js';
import { parsePoint } from './window.js';

/** Given twice, an option would become a list. */
const once =
  <T>(option: string, read: (value: T) => T = (value) => value) =>
  (value: T | T[]): T => {
    if (Array.isArray(value)) throw new UsageError(`--${option} is given more than once`);
    return read(value);
  };

const choice = <const C extends readonly string[]>(option: string, choices: C, initial: C[number], describe: string) =>
  ({ choices, default: initial, requiresArg: true, describe, coerce: once<C[number]>(option) }) satisfies Options;

const flagged = (option: string) => (text: string | string[] | undefined) => (text === undefined ? undefined : parsePoint(once<string>(option)(text), `--${option}`));

const commaSeparated = (values: readonly string[]): string[] => values.flatMap((value) => value.split(',')).filter((value) => value !== '');

const wholeNumber = (option: string) =>
  once(option, (value: number) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(`--${option}: expected a whole number`);
    return value;
  });

const count = (option: string, initial: number, describe: string) => ({ type: 'number', default: initial, requiresArg: true, coerce: wholeNumber(option), describe }) as const satisfies Options;

/** Stands for `-`; no word of a command line can hold it. */
const STDIN = '\0';

const hidden = (word: string): string => (word === '-' ? STDIN : word);

/** yargs reads positional words twice, and the second time drops those that begin with `-` or follow `--`: it does not get to see them so. */
export function guarded(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const files = end < 0 ? [] : words.slice(end + 1);
  return [...options.map(hidden), ...files.map((file) => (file.startsWith('-') ? `./${file}` : file))];
}

/** The text of a file that an option names. */
const textOf = (option: string) => (path: string | string[] | undefined) => {
  if (path === undefined) return undefined;
  return once<string>(option, (name) => {
    try {
      return readFileSync(name, 'utf8');
    } catch (error) {
      throw new UsageError(`--${option} ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  })(path);
};

const FORMAT = choice('format', ['pretty', 'json'], 'pretty', 'text for a person or JSON for a program');
const FAIL_ON =
  'lowest severity that makes the exit code 1; undecided: violations, and a check that judged nothing (with --rule: not every rule named)';
const PROGRESS = { type: 'boolean', default: true, describe: 'draw a progress bar if standard error is a terminal (--no-progress: never)' } as const;

export const withFormat = (yargs: Argv) => yargs.option('format', FORMAT);

/** Files, at least one, and what every command that reads them takes. */
export const withFiles = (yargs: Argv) =>
  withFormat(yargs)
    .positional('files', {
      type: 'string',
      array: true,
      default: [],
      coerce: (files: readonly string[]) => files.map((file) => (file === STDIN ? '-' : file)),
      describe: 'recordings, plain, gzip or zstd; - is standard input; several are streams of one run',
    })
    .option('qemu-events', {
      type: 'string',
      requiresArg: true,
      coerce: textOf('qemu-events'),
      describe: "trace-events-all of the QEMU that made a recording with its simple back end; without it QEMU 7.2's",
    })
    .option('progress', PROGRESS);

export const checkOptions = (yargs: Argv) =>
  withFiles(yargs)
    .option('rule', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      coerce: commaSeparated,
      describe: 'only this rule; may be given several times, or as a list with commas',
    })
    .option('severity', choice('severity', ['violation', 'suspicious', 'info'], 'suspicious', 'lowest severity shown in full; the rest is summed up'))
    .option('max-findings', count('max-findings', 20, 'findings shown in full; all are counted'))
    .option('from', {
      type: 'string',
      requiresArg: true,
      coerce: flagged('from'),
      describe: 'begin there, with unknown state: seconds since the first event (12.5), or percent of the time (10%, reads the files twice)',
    })
    .option('to', { type: 'string', requiresArg: true, coerce: flagged('to'), describe: 'end there, given as --from is' })
    .option('fail-on', choice('fail-on', ['violation', 'suspicious', 'info', 'undecided'], 'violation', FAIL_ON))
    .option('set', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'a fact about the machine that the recording does not tell, KEY=VALUE as in meta.cfg: stormN=200',
    });

export const statsOptions = (yargs: Argv) =>
  withFiles(yargs)
    .option('of', { type: 'string', requiresArg: true, coerce: (text: string | string[] | undefined) => (text === undefined ? undefined : once<string>('of')(text)), describe: 'only interrupts of one thing: gsi:10, vector:0x41@cpu1' })
    .option('top', count('top', 20, 'things shown, the busiest first'))
    .example('$0 stats trace.dat', 'latency per hop, and per GSI, pin, vector and device')
    .example('$0 stats trace.txt --of gsi:10', 'the same for one GSI');

export const followOptions = (yargs: Argv) =>
  withFiles(yargs)
    .option('limit', count('limit', 10, 'lives shown, the first of them'))
    .option('slowest', {
      type: 'number',
      requiresArg: true,
      coerce: (value: number | number[] | undefined) => (value === undefined ? undefined : wholeNumber('slowest')(value)),
      describe: 'show the slowest so many instead',
    })
    .example('$0 follow trace.dat gsi:10 --slowest 3', 'the three interrupts of GSI 10 that took longest, hop by hop');
