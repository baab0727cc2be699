// `irqreplay minimise`: the fewest events of a recording that still break the same rule on the same thing, as litmus text.

import { writeFileSync } from 'node:fs';
import { SEVERITIES, type FoldedFinding } from '../finding.js';
import type { Event } from '../event.js';
import { parseIrq } from '../import/irq.js';
import { find, minimise, type Wanted } from '../minimise/minimise.js';
import { litmus } from '../report/litmus.js';
import { RULES } from '../rules/index.js';
import { print } from './output.js';
import { progressBar } from './progress.js';
import { Recording, type FileArguments } from './recording.js';
import { checkRecording } from './run.js';
import { UsageError } from './usage.js';

interface MinimiseArguments extends Omit<FileArguments, 'format'> {
  /** 1-based, in the order in which `check` shows them. */
  readonly finding: number;
  readonly out: string | undefined;
  readonly set: readonly string[];
}

/** Events kept in front of the finding at first; eight times as many if they do not show it. */
const WINDOW = 16_384;

/** The findings in the order in which they are shown. */
export const inOrder = (findings: readonly FoldedFinding[]): readonly FoldedFinding[] =>
  findings.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.at.seq - b.at.seq);

/** The last so many events up to the one numbered `seq`, and those that may settle what had to wait for other CPUs. */
async function windowOf(recording: Recording, { seq, ns }: Event, size: number): Promise<Event[]> {
  const kept: Event[] = [];
  let n = 0;
  for await (const batch of recording.events()) {
    for (const event of batch) {
      event.seq = n++;
      kept.push(event);
      if (event.seq > seq && !(event.ns - ns <= 1e6)) return kept.slice(-size);
    }
    if (kept.length > 2 * size) kept.splice(0, kept.length - size);
  }
  return kept.slice(-size);
}

/** A window that shows what is wanted; doubled in steps until it is the whole recording. */
async function enough(files: readonly string[], given: { qemuEvents: string | undefined }, finding: FoldedFinding, wanted: Wanted): Promise<readonly Event[]> {
  for (let size = WINDOW; ; size *= 8) {
    const events = await windowOf(await Recording.open(files, given), finding.at, size);
    if (find(events, wanted) !== undefined) return events;
    if (size > finding.at.seq) throw new UsageError(`${finding.rule} on ${finding.entity} does not come out of a second replay`);
  }
}

export async function minimiseFinding({ files, finding: number, out, set, qemuEvents, progress }: MinimiseArguments): Promise<number> {
  const bar = progressBar(progress);
  const analysis = await checkRecording(files, { qemuEvents, settings: set, onBytes: bar.update }).finally(bar.clear);
  const finding = inOrder(analysis.findings)[number - 1];
  if (finding === undefined) throw new UsageError(`--finding ${number}: check shows ${analysis.findings.length} findings`);
  const rule = RULES.find(({ id }) => id === finding.rule);
  if (rule === undefined) throw new Error(`no rule ${finding.rule}`);
  const settings = set.length === 0 ? [] : parseIrq(`meta.cfg ${set.join(' ')}\n`, '--set').events;
  const wanted = { rule, entity: finding.entity, severity: finding.severity, settings };
  const left = minimise(await enough(files, { qemuEvents }, finding, wanted), wanted);
  const at = find(left, wanted)?.at;
  const text = litmus({ finding, events: [...settings, ...left], at, recordings: files, total: analysis.events });
  if (out === undefined) print(text);
  else writeFileSync(out, text);
  return 0;
}
