// One recording of a test run: replayed, and compared with what its marks or its sidecar expect.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Replay } from '../analyze.js';
import { difference, ExpectationError, formatExpectation, NOTHING_EXPECTED, parseExpectation, type Difference, type Expectation } from '../expectation.js';
import type { Finding } from '../finding.js';
import { TraceError } from '../import/format.js';
import { parseIrq } from '../import/irq.js';
import { ReadError } from '../import/read-error.js';
import { RULES } from '../rules/index.js';
import { parseOffset } from './offset.js';
import { writeText } from './output.js';
import { readWhole } from './read-whole.js';
import { checkRecording } from './run.js';
import { UsageError } from './usage.js';

export interface Judgement extends Difference {
  readonly file: string;
  /** Findings that were expected and found. */
  readonly met: number;
  /** Why it could not be judged. */
  readonly error: string | undefined;
}

/** Legal oddities are counted by `check`; a test is about what is wrong. */
const isLoud = ({ severity }: Pick<Finding, 'severity'>): boolean => severity !== 'info';

const sidecarOf = (file: string): string => `${file}.expect`;

function readSidecar(file: string): Expectation {
  const name = sidecarOf(file);
  return existsSync(name) ? parseExpectation(readWhole(name).toString(), name) : NOTHING_EXPECTED;
}

/** Marks are places: the rule must be broken at that very line, and nothing else above info anywhere. */
function judgeLitmus(file: string): { expected: string[]; found: string[] } {
  const { events, marks } = parseIrq(readWhole(file).toString(), file);
  let findings: Finding[] = [];
  const replay = new Replay({
    rules: RULES,
    onFinding: (finding) => {
      if (isLoud(finding) || marks.get(events.indexOf(finding.at))?.includes(finding.rule) === true) findings.push(finding);
    },
    onRetract: (since) => (findings = findings.filter(({ at }) => at.seq <= since)),
  });
  replay.feed(events);
  replay.end();
  const found = findings.map(({ rule, at }) => `line ${at.at}: ${rule}`);
  const expected = [...marks].flatMap(([index, rules]) => rules.map((rule) => `line ${events[index]?.at ?? 0}: ${rule}`));
  return { expected, found };
}

interface Outcome {
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** A refusal that is expected is as good as a finding. */
async function judgeRecording(file: string): Promise<Outcome> {
  const { findings: expected, streams, offsets, vm, settings, refused } = readSidecar(file);
  const beside = (name: string): string => join(dirname(file), name);
  try {
    const { findings } = await checkRecording([file, ...streams.map(beside)], { settings, vm, offset: offsets.map(parseOffset).map(({ file: name, offset }) => ({ file: beside(name), offset })) });
    const all = findings.map((finding) => ({ finding, text: `${finding.rule} ${finding.entity}` }));
    const found = all.filter(({ finding, text }) => isLoud(finding) || expected.includes(text)).map(({ text }) => text);
    return refused === undefined ? { expected, found } : { expected: [`refused ${refused}`, ...expected], found };
  } catch (error) {
    if (refused === undefined || !isExplained(error) || !error.message.includes(refused)) throw error;
    return { expected: [`refused ${refused}`], found: [`refused ${refused}`] };
  }
}

const isExplained = (error: unknown): error is Error =>
  error instanceof TraceError || error instanceof ReadError || error instanceof UsageError || error instanceof ExpectationError;

export async function judge(file: string): Promise<Judgement> {
  try {
    const { expected, found } = file.endsWith('.irq') ? judgeLitmus(file) : await judgeRecording(file);
    const differs = difference(expected, found);
    return { file, met: new Set(expected).size - differs.missing.length, ...differs, error: undefined };
  } catch (error) {
    if (!isExplained(error)) throw error;
    return { file, met: 0, missing: [], surplus: [], error: error.message };
  }
}

/** Writes the sidecar anew: what was found is expected from now on. */
export function adopt({ file, missing, surplus }: Judgement): void {
  const before = readSidecar(file);
  const findings = [...before.findings.filter((each) => !missing.includes(each)), ...surplus].sort();
  writeText(sidecarOf(file), formatExpectation({ ...before, findings }), '--update');
}
