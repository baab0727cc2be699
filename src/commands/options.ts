// The options of every command, as yargs reads them. Light: a command's own code is loaded only when it runs.

import type { Argv, Options } from 'yargs';
import { TARGETS } from '../record/recipe.js';
import { KERNEL_TOOLS, type KernelTool } from '../record/shell.js';
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

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new UsageError('--max-findings: expected a whole number');
  return value;
}

/** Stands for `-`; no word of a command line can hold it. */
const STDIN = '\0';

const hidden = (word: string): string => (word === '-' ? STDIN : word);

/**
 * yargs reads positional words twice, and the second time drops those that begin with `-` or follow `--`: it does not get to see them so.
 * Only `record` has a command behind `--`, which is none of its own words.
 */
export function guarded(words: readonly string[]): string[] {
  const end = words.indexOf('--');
  if (words[0] === 'record') return [...words];
  const options = end < 0 ? words : words.slice(0, end);
  const files = end < 0 ? [] : words.slice(end + 1);
  return [...options.map(hidden), ...files.map((file) => (file.startsWith('-') ? `./${file}` : file))];
}

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
    .option('progress', PROGRESS);

const kilobytes = (value: number): number => {
  if (!Number.isSafeInteger(value) || value < 4) throw new UsageError('--buffer: expected a whole number of kB, at least 4');
  return value;
};

/** What stands behind `--`, which yargs keeps apart if it is told to. */
const commandOf = (words: unknown): readonly string[] => (Array.isArray(words) ? words.map(String) : []);

export const recordOptions = (yargs: Argv) =>
  yargs
    .parserConfiguration({ 'populate--': true })
    .option('target', choice('target', TARGETS, process.arch === 'arm64' ? 'arm64-kvm' : 'x86-kvm', 'what runs there: a KVM host, one with assigned devices (x86), or QEMU'))
    .option('tool', { choices: KERNEL_TOOLS, requiresArg: true, describe: 'what records (default trace-cmd; for --run tracefs)', coerce: once<KernelTool>('tool') })
    .option('kernel', { type: 'string', requiresArg: true, coerce: once<string>('kernel'), describe: 'version of the kernel, as uname -r prints it: some probes depend on it' })
    .option('buffer', { type: 'number', default: 16384, requiresArg: true, coerce: once('buffer', kilobytes), describe: 'size of each CPU\'s buffer in kB: what does not fit is lost' })
    .option('run', { type: 'boolean', default: false, describe: 'record the run of the command behind --, put back what that changed, and check the recording' })
    .option('tracefs', { type: 'string', default: '/sys/kernel/tracing', requiresArg: true, coerce: once<string>('tracefs'), describe: 'where tracefs is mounted (--run)' })
    .option('output', { type: 'string', default: 'trace.txt', requiresArg: true, coerce: once<string>('output'), describe: 'file to record to, which must not exist (--run)' })
    .middleware((args) => {
      args['command'] = commandOf(args['--']);
    })
    .option('command', { type: 'string', array: true, hidden: true, default: [] });

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
    .option('max-findings', {
      type: 'number',
      default: 20,
      requiresArg: true,
      coerce: once('max-findings', wholeNumber),
      describe: 'findings shown in full; all are counted',
    })
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
