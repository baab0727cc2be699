// `irqreplay why`: one finding, explained step by step.

import { Replay } from '../analyze.js';
import { shortNames, spellOf } from '../report/text.js';
import { whyText } from '../report/why.js';
import { Steps, type Step } from '../state/steps.js';
import { chosenFinding, type Chosen, type FindingArguments } from './chosen.js';
import { painter, print } from './output.js';
import { readingOf, Recording, type RecordingOptions } from './recording.js';
import { applySettings } from './run.js';

/** What the evidence of a finding did to the machine, in a second replay. */
export async function stepsOf(files: readonly string[], options: RecordingOptions, { finding: { because, at, entity }, settings }: Chosen): Promise<readonly Step[]> {
  const recording = await Recording.open(files, options);
  const replay = new Replay({ rules: [] });
  applySettings(replay, settings);
  replay.machine.ctx.uncertainties = recording.uncertainties;
  const steps = new Steps([...because, at].map(({ seq }) => seq), entity, replay);
  for await (const events of recording.events()) {
    steps.feed(events);
    if (steps.done) break;
  }
  return steps.steps;
}

export async function why(args: FindingArguments): Promise<number> {
  const chosen = await chosenFinding(args);
  const steps = await stepsOf(args.files, readingOf(args), chosen);
  const { streams } = chosen.analysis;
  print(whyText(chosen.finding, steps, { files: shortNames(streams.map(({ file }) => file)), paint: painter(), spell: spellOf(streams) }));
  return 0;
}
