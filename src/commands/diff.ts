// `irqreplay diff`: two recordings, or two JSON reports: findings gone and new, ways and times that changed, where the two part.

import { closeSync, openSync, readSync } from 'node:fs';
import { compareRuns, type FoundThing, type RunSummary } from '../comparison.js';
import { statOf } from '../import/folder.js';
import { ReadError } from '../import/read-error.js';
import { diffText, type Parting, type Walk } from '../report/diff.js';
import { counted, printableJson } from '../report/text.js';
import { filesOfRun } from './globs.js';
import { DiffSide, type Step } from './diff-side.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import type { OffsetOption } from './offset.js';
import { readWhole } from './read-whole.js';
import { readingOf, Recording, type StreamsArguments } from './recording.js';
import { UsageError } from './usage.js';

interface DiffArguments extends Omit<StreamsArguments, 'vm'> {
  /** That of both sides, or one for each. */
  readonly vm: readonly string[];
  readonly failOn: 'new' | 'any' | 'never';
}

/** The first bytes of our own JSON report. */
const REPORT = /^\s*\{\s*"report"/;
const HEAD = 64;

function beginsAsReport(file: string): boolean {
  if (statOf(file)?.isFile() !== true) return false;
  const head = Buffer.alloc(HEAD);
  const fd = openToRead(file);
  try {
    return REPORT.test(head.toString('latin1', 0, readSync(fd, head)));
  } finally {
    closeSync(fd);
  }
}

function openToRead(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw new ReadError(file, error);
  }
}

const member = (record: unknown, name: string): unknown => (typeof record === 'object' && record !== null ? Reflect.get(record, name) : undefined);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const foundThing = (finding: unknown): FoundThing => ({
  finding: `${String(member(finding, 'rule'))} ${String(member(finding, 'entity'))}`,
  severity: String(member(finding, 'severity')),
  sentence: String(member(finding, 'sentence') ?? ''),
  at: String(member(member(finding, 'at'), 'src') ?? ''),
  count: Number(member(finding, 'count') ?? 1),
});

/** Undefined for recordings. */
function readReport([file = '', ...others]: readonly string[]): RunSummary | undefined {
  if (others.length > 0 || !beginsAsReport(file)) return undefined;
  const text = readWhole(file).toString();
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}: a JSON report that cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(member(report, 'findings'))) throw new UsageError(`${file}: a JSON report without findings`);
  const rules = list(member(report, 'rules'));
  const undecided = rules.filter((rule) => member(rule, 'verdict') === 'undecided');
  return {
    findings: list(member(report, 'findings')).map(foundThing),
    undecided: new Set(undecided.map((rule) => String(member(rule, 'rule')))),
    ways: new Map(),
    silence: silenceOf(report, new Set(rules.map((rule) => String(member(rule, 'rule'))))),
  };
}

/** A report holds what its check was asked for and came to (--rule, Ctrl-C), without what its configuration knows. */
function silenceOf(report: unknown, asked: ReadonlySet<string>): (rule: string) => string | undefined {
  const known = Number(member(report, 'suppressed') ?? 0);
  return (rule) => {
    if (asked.size > 0 && !asked.has(rule)) return 'was not asked for this rule';
    if (member(report, 'complete') === false) return 'was cut short';
    return known > 0 ? `leaves out ${counted(known, 'known finding')}, of which this may be one` : undefined;
  };
}

/** Reads `early` on to the first step of `late`, which a part of the same recording begins with; true if it is there. */
async function meets(early: DiffSide, late: Step): Promise<boolean> {
  let step = await early.next();
  while (step !== undefined && (step.time < late.time || (step.time === late.time && step.essence !== late.essence))) step = await early.next();
  return step !== undefined && step.time === late.time;
}

/** Walks both to their ends; gives the first events that differ, and how many one has before the other begins. */
async function walk(a: DiffSide, b: DiffSide): Promise<Walk> {
  let [one, two] = [await a.next(), await b.next()];
  let parting: Parting | undefined;
  const skipped: [number, number] = [0, 0];
  if (one !== undefined && two !== undefined && one.essence !== two.essence && one.time !== two.time) {
    parting = { after: 0, last: undefined, a: a.shown(one), b: b.shown(two) };
    const isFirstEarly = one.time < two.time;
    if (isFirstEarly ? await meets(a, two) : await meets(b, one)) {
      skipped[isFirstEarly ? 0 : 1] = (isFirstEarly ? a : b).steps - 1;
      parting = undefined;
      one = two = isFirstEarly ? two : one;
    }
  }
  let last: string | undefined;
  for (let after = 0; parting === undefined && (one !== undefined || two !== undefined); after++) {
    if (one?.essence !== two?.essence) parting = { after, last, a: a.shown(one), b: b.shown(two) };
    last = a.shown(one);
    [one, two] = [await a.next(), await b.next()];
  }
  await Promise.all([a.drain(), b.drain()]);
  return { skipped, parting };
}

const EXPECTED = 'expected two recordings or two JSON reports; files of one run have a comma between them: a/raw.txt,a/ioctl.jsonl b/raw.txt,b/ioctl.jsonl';

/** The clocks of a side's own files. */
const offsetsFor = (files: readonly string[], offset: readonly OffsetOption[]): OffsetOption[] => offset.filter(({ file }) => files.includes(file));

export async function diff({ files: words, format, progress, qemuEvents, offset, vm, failOn }: DiffArguments): Promise<number> {
  const [wordA, wordB, ...more] = words;
  if (wordA === undefined || wordB === undefined || more.length > 0) throw new UsageError(EXPECTED);
  const [filesA, filesB] = [await filesOfRun(wordA), await filesOfRun(wordB)];
  const stray = offset.find(({ file }) => !filesA.includes(file) && !filesB.includes(file));
  if (stray !== undefined) throw new UsageError(`--offset ${stray.file}=: that file is not among those to read`);
  const [reportA, reportB] = [readReport(filesA), readReport(filesB)];
  if ((reportA === undefined) !== (reportB === undefined)) throw new UsageError('a report can be compared with a report only');
  let whole;
  if (reportA !== undefined && vm.length > 0) throw new UsageError('--vm chooses from recordings, and these are reports');
  if (reportA !== undefined && reportB !== undefined) whole = { ...compareRuns(reportA, reportB), walk: undefined };
  else {
    const bar = progressBar(progress);
    const given = (files: readonly string[], its: string | undefined) => readingOf({ qemuEvents, offset: offsetsFor(files, offset), vm: its });
    const a = new DiffSide(await Recording.open(filesA, { ...given(filesA, vm[0]), onBytes: bar.update }));
    const b = new DiffSide(await Recording.open(filesB, given(filesB, vm.at(-1))));
    const walked = await walk(a, b).finally(bar.clear);
    whole = { ...compareRuns(a.summary(), b.summary()), walk: walked };
  }
  print(format === 'json' ? printableJson(`${JSON.stringify(whole, null, 1)}\n`) : diffText(whole, wordA, wordB, painter()));
  const isLoud = ({ severity }: FoundThing): boolean => severity !== 'info';
  const isNew = whole.fresh.some(isLoud);
  return (failOn !== 'never' && isNew) || (failOn === 'any' && whole.gone.some(isLoud)) ? 1 : 0;
}
