// `irqreplay why`: one finding, explained step by step.

import type { FoldedFinding } from '../finding.js';
import { whyText } from '../report/why.js';
import { Steps, type Step } from '../state/steps.js';
import { chosenFinding, type FindingArguments } from './chosen.js';
import { painter, print } from './output.js';
import { Recording, type RecordingOptions } from './recording.js';

/** What the evidence of a finding did to the machine, in a second replay. */
export async function stepsOf(files: readonly string[], options: RecordingOptions, { because, at, entity }: FoldedFinding): Promise<readonly Step[]> {
  const steps = new Steps([...because, at].map(({ seq }) => seq), entity);
  for await (const events of (await Recording.open(files, options)).events()) {
    steps.feed(events);
    if (steps.done) break;
  }
  return steps.steps;
}

export async function why(args: FindingArguments): Promise<number> {
  const { analysis, finding } = await chosenFinding(args);
  const steps = await stepsOf(args.files, { qemuEvents: args.qemuEvents, offset: args.offset }, finding);
  print(whyText(finding, steps, analysis.streams.map(({ file }) => file), painter()));
  return 0;
}
