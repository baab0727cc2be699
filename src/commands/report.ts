// `irqreplay report`: one finding as a bug report to send.

import { writeFileSync } from 'node:fs';
import type { FoldedFinding } from '../finding.js';
import type { Life } from '../lives/life.js';
import { Lives } from '../lives/lives.js';
import { bugReport } from '../report/bug.js';
import { whyText } from '../report/why.js';
import { ruleOf } from './select-rules.js';
import { chosenFinding, type FindingArguments } from './chosen.js';
import { minimisedFinding } from './minimise.js';
import { print } from './output.js';
import { Recording, type RecordingOptions } from './recording.js';
import { version } from './version.js';
import { stepsOf } from './why.js';

interface ReportArguments extends FindingArguments {
  readonly out: string | undefined;
}

/** Lives shown around the finding. */
const SHOWN = 3;

/** The lives that hold an event of the evidence; those nearest to the finding. */
async function livesAround(files: readonly string[], options: RecordingOptions, { because, at }: FoldedFinding): Promise<readonly Life[]> {
  const places = new Set([...because, at].map(({ stream, at: line }) => `${stream} ${line}`));
  const found: Life[] = [];
  const lives = new Lives((life) => {
    if (life.hops.some(({ event }) => places.has(`${event.stream} ${event.at}`))) found.push(life);
  });
  for await (const events of (await Recording.open(files, options)).events()) lives.feed(events);
  lives.end();
  return found.sort((a, b) => a.id - b.id).slice(-SHOWN);
}

export async function report(args: ReportArguments): Promise<number> {
  const { files, qemuEvents, offset, out } = args;
  const chosen = await chosenFinding(args);
  const { analysis, finding } = chosen;
  const names = analysis.streams.map(({ file }) => file);
  const text = bugReport(
    {
      finding,
      analysis,
      summary: ruleOf(finding.rule).summary,
      why: whyText(finding, await stepsOf(files, { qemuEvents, offset }, finding), names, (_, plain) => plain),
      lives: await livesAround(files, { qemuEvents, offset }, finding),
      litmus: (await minimisedFinding(args, chosen)).litmus,
      version: version(),
    },
    names,
  );
  if (out === undefined) print(text);
  else writeFileSync(out, text);
  return 0;
}
