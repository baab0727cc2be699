// The options of every command, as yargs reads them. Light: a command's own code is loaded only when it runs.

import type { Argv, Options } from 'yargs';
import { expandGlobs } from './globs.js';
import { CHECK_FORMATS, parseOutput, TEST_FORMATS } from './formats.js';
import type { NamedText } from '../import/index.js';
import { PROFILES, type Profile } from '../profiles.js';
import type { FailOn } from './exit-code.js';
import { parseOffset } from './offset.js';
import { readWhole } from './read-whole.js';
import { FORMS, type Form } from './target.js';
import { UsageError } from './usage.js';
import { parsePoint } from './window.js';

/** Given twice, an option would become a list. */
export const once =
  <T>(option: string, read: (value: T) => T = (value) => value) =>
  (value: T | T[]): T => {
    if (Array.isArray(value)) throw new UsageError(`--${option} is given more than once`);
    return read(value);
  };

export const choice = <const C extends readonly string[]>(option: string, choices: C, initial: C[number], describe: string) =>
  ({ choices, default: initial, requiresArg: true, describe, coerce: once<C[number]>(option) }) satisfies Options;

const flagged = (option: string) => (text: string | string[] | undefined) => (text === undefined ? undefined : parsePoint(once<string>(option)(text), `--${option}`));

export const commaSeparated = (values: readonly string[]): string[] => values.flatMap((value) => value.split(',')).filter((value) => value !== '');

export const wholeNumber = (option: string) =>
  once(option, (value: number) => {
    if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(`--${option}: expected a whole number`);
    return value;
  });

export const count = (option: string, initial: number, describe: string) => ({ type: 'number', default: initial, requiresArg: true, coerce: wholeNumber(option), describe }) as const satisfies Options;

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

/** A file that an option names, with its text. */
const textOf = (option: string) => (path: string | string[] | undefined): NamedText | undefined => {
  if (path === undefined) return undefined;
  const file = once<string>(option)(path);
  return { file, text: readWhole(file, `--${option}`).toString() };
};

const SET = {
  type: 'string',
  array: true,
  nargs: 1,
  default: [],
  describe: 'a fact about the machine that the recording does not tell, KEY=VALUE as in meta.cfg: stormN=200',
} as const satisfies Options;

/** A text that may be absent. */
export const optional = (option: string) => (text: string | string[] | undefined) => (text === undefined ? undefined : once<string>(option)(text));

const oneProfile = (option: string) => (value: Profile | Profile[] | undefined) => (value === undefined ? undefined : once<Profile>(option)(value));

const CONFIG = {
  type: 'string',
  requiresArg: true,
  coerce: (text: string | boolean | string[] | undefined) => (typeof text === 'boolean' ? (false as const) : optional('config')(text)),
  describe: 'configuration; without it irqreplay.config.json of this folder (--no-config: none)',
} as const satisfies Options;

const PROFILE = {
  choices: PROFILES,
  requiresArg: true,
  coerce: oneProfile('profile'),
  describe: 'judge by the ways of the specification, of KVM or of QEMU where they legally differ; without it either is accepted',
} as const satisfies Options;

const FORMAT = choice('format', ['pretty', 'json'], 'pretty', 'text for a person or JSON for a program');
const FAIL_ON =
  'lowest severity that makes the exit code 1; undecided: violations, and a check that judged nothing (with --rule: not every rule named)';
const PROGRESS = { type: 'boolean', default: true, describe: 'draw a progress bar if standard error is a terminal (--no-progress: never)' } as const;

export const withFormat = <T>(yargs: Argv<T>) => yargs.option('format', FORMAT);

export interface Positionals {
  /** What becomes of the words. */
  readonly expand: (words: readonly string[]) => Promise<string[]>;
  readonly describe: string;
}

const RECORDINGS: Positionals = {
  expand: expandGlobs,
  describe: 'recordings, plain, gzip or zstd, or patterns: run7/*.txt; - is standard input; several are streams of one run',
};

/** Files, at least one, and how they are read. */
export const withWords = (yargs: Argv, { expand, describe }: Positionals) =>
  yargs
    .positional('files', {
      type: 'string',
      array: true,
      default: [],
      coerce: (files: readonly string[]) => files.map((file) => (file === STDIN ? '-' : file)),
      describe,
    })
    .middleware(async (args) => void (args.files = await expand(args.files)))
    .option('qemu-events', {
      type: 'string',
      requiresArg: true,
      coerce: textOf('qemu-events'),
      describe: "trace-events-all of the QEMU that made a recording with its simple back end; without it QEMU 7.2's",
    })
    .option('progress', PROGRESS);

export const OFFSET = {
  type: 'string',
  array: true,
  nargs: 1,
  default: [],
  coerce: (texts: readonly string[]) => texts.map(parseOffset),
  describe: 'FILE has another clock: FILE=+1.5s is added to its times, FILE=auto finds out from what two files show; ~100us behind it says how well it is known',
} as const satisfies Options;

export const VM_DESCRIBED = "one VM of several in a host's trace: its pointer, process or threads as info lists them (reads the files twice)";

const VM = { type: 'string', requiresArg: true, coerce: optional('vm'), describe: VM_DESCRIBED } as const satisfies Options;

/** What every command that reads recordings takes but for the form of its result. */
const withRecordings = (yargs: Argv) => withWords(yargs, RECORDINGS).option('vm', VM);

/** The same where several files are streams of one run. */
const withRun = (yargs: Argv) => withRecordings(yargs).option('offset', OFFSET);

export const withFiles = (yargs: Argv) => withFormat(withRecordings(yargs));

/** Files that are streams of one run, and what they show in text or JSON. */
export const withStreams = (yargs: Argv) => withFormat(withRun(yargs));

export const FROM = {
  type: 'string',
  requiresArg: true,
  coerce: flagged('from'),
  describe: 'begin there, with unknown state: seconds since the first event (12.5), or percent of the time (10%, reads the files twice)',
} as const satisfies Options;

export const TO = { type: 'string', requiresArg: true, coerce: flagged('to'), describe: 'end there, given as --from is' } as const satisfies Options;

export const checkOptions = (yargs: Argv) =>
  withRun(yargs)
    .option('format', choice('format', CHECK_FORMATS, 'pretty', 'form of the result on standard output'))
    .option('output', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      coerce: (texts: readonly string[]) => texts.map(parseOutput),
      describe: 'a further form in a file of its own, FORMAT=FILE: sarif=irqreplay.sarif; may be given several times',
    })
    .option('rule', { type: 'string', array: true, nargs: 1, default: [], coerce: commaSeparated, describe: 'only this rule; may be given several times, or as a list with commas' })
    .option('severity', choice('severity', ['violation', 'suspicious', 'info'], 'suspicious', 'lowest severity shown in full; the rest is summed up'))
    .option('max-findings', count('max-findings', 20, 'findings shown in full; all are counted'))
    .option('from', FROM)
    .option('to', TO)
    .option('fail-on', { choices: ['violation', 'suspicious', 'info', 'undecided'], requiresArg: true, describe: `${FAIL_ON}; default violation`, coerce: (value: FailOn | FailOn[] | undefined) => (value === undefined ? undefined : once<FailOn>('fail-on')(value)) })
    .option('config', CONFIG)
    .option('print-config', { type: 'boolean', default: false, describe: 'print the configuration that holds, and do nothing else' })
    .option('write-baseline', { type: 'boolean', default: false, describe: 'suppress what is found now in the configuration, so that only new findings count' })
    .option('expect', {
      type: 'string',
      requiresArg: true,
      coerce: optional('expect'),
      describe: 'exit 0 while this rule is broken and 1 once it is not, for creduce, git bisect and the like; "RULE ENTITY" for one thing only',
    })
    .option('profile', PROFILE)
    .option('against', { choices: PROFILES, requiresArg: true, coerce: oneProfile('against'), describe: 'with --profile: show what the two judge differently' })
    .option('set', SET)
    .example('$0 check trace.dat', 'every breach of the specifications, with the events that prove it')
    .example('$0 check trace.txt ioctl.jsonl --output sarif=out.sarif', 'a trace and a log of one run; the result also for a CI server');

const withFinding = (yargs: Argv) =>
  withRun(yargs).option('finding', count('finding', 1, 'the finding, by its number in the order in which check shows them')).option('set', SET).option('config', CONFIG).option('profile', PROFILE);

const withOut = <T>(yargs: Argv<T>) => yargs.option('out', { alias: 'o', type: 'string', requiresArg: true, coerce: optional('out'), describe: 'file to write; standard output without it' });

export const whyOptions = (yargs: Argv) => withFinding(yargs).example('$0 why trace.dat --finding 2', 'the second finding, step by step with the state');

export const reportOptions = (yargs: Argv) => withOut(withFinding(yargs)).example('$0 report trace.dat -o bug.md', 'the first finding as a bug report');

/** Where a native recording goes to. */
export const withOutput = (yargs: Argv) =>
  withRun(yargs)
    .option('out', {
      alias: 'o',
      type: 'string',
      default: '-',
      requiresArg: true,
      coerce: once('out', (path: string) => (path === STDIN ? '-' : path)),
      describe: 'file to write, its form told by its name: .irq, .ndjson (packed if .gz or .zst follows) or .parquet; - is standard output',
    });

export const convertOptions = (yargs: Argv) =>
  withOutput(yargs)
    .option('to', {
      choices: FORMS,
      requiresArg: true,
      coerce: (form: Form | Form[] | undefined) => (form === undefined ? undefined : once<Form>('to')(form)),
      describe: 'form to write, whatever the name',
    })
    .example('$0 convert trace.txt.gz -o trace.ndjson', 'a trace as JSON lines, one event each')
    .example('$0 convert trace.dat -o trace.parquet', 'a trace as a table, for DuckDB and other readers of Parquet')
    .example('$0 convert trace.txt ioctl.jsonl -o run.irq.gz', 'two streams of one run, merged, as litmus text');

export const minimiseOptions = (yargs: Argv) =>
  withOut(withFinding(yargs))
    .example('$0 minimise trace.dat --finding 2 -o bug.irq', 'the second finding, as a litmus test');

export const testOptions = (yargs: Argv) =>
  yargs
    .option('format', choice('format', TEST_FORMATS, 'pretty', 'form of the result on standard output'))
    .positional('paths', { type: 'string', array: true, default: [], describe: 'folders, searched for recordings of every format, or recordings, or patterns of them' })
    .middleware(async (args) => void (args.paths = await expandGlobs(args.paths)))
    .option('only', { type: 'string', array: true, nargs: 1, default: [], coerce: commaSeparated, describe: 'only recordings whose path holds this' })
    .option('bail', { type: 'boolean', default: false, describe: 'stop at the first that is not as expected' })
    .option('update', { type: 'boolean', default: false, describe: 'write the sidecars anew, after showing what changes' })
    .option('progress', PROGRESS)
    .example('$0 test traces/', 'litmus files by their ! marks, other recordings by RECORDING.expect: a "rule entity" per line, or none');
