// One finding of a recording, chosen by its number in the order in which `check` shows them.

import { SEVERITIES, type Analysis, type FoldedFinding } from '../finding.js';
import { findConfig, known, settingsOf } from './config.js';
import type { Profile } from '../profiles.js';
import { counted } from '../report/text.js';
import { progressBar } from './progress.js';
import { readingOf, type StreamsArguments } from './recording.js';
import { checkRecording } from './run.js';
import { UsageError } from './usage.js';

export interface FindingArguments extends Omit<StreamsArguments, 'format'> {
  /** 1-based. */
  readonly finding: number;
  readonly set: readonly string[];
  /** The file, or false for none. */
  readonly config: string | false | undefined;
  readonly profile: Profile | undefined;
}

/** Findings in the order in which they are shown. */
const inOrder = (findings: readonly FoldedFinding[]): readonly FoldedFinding[] =>
  findings.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.at.seq - b.at.seq);

export interface Chosen {
  readonly analysis: Analysis;
  readonly finding: FoldedFinding;
  /** Facts that the recording does not tell, with which it was found. */
  readonly settings: readonly string[];
  /** The configuration in force: its file, false for none. */
  readonly config: string | false;
}

export async function chosenFinding({ files, finding: number, set, profile, config: given, progress, ...reading }: FindingArguments): Promise<Chosen> {
  const { file, config } = await findConfig(given);
  const settings = settingsOf(config, { profile, set });
  const bar = progressBar(progress);
  const whole = await checkRecording(files, { ...readingOf(reading), settings, onBytes: bar.update }).finally(bar.clear);
  const { analysis } = await known(whole, config);
  const finding = inOrder(analysis.findings)[number - 1];
  if (finding === undefined) throw new UsageError(`--finding ${number}: check shows ${counted(analysis.findings.length, 'finding')}`);
  return { analysis, finding, settings, config: Object.keys(config).length > 0 && file };
}
