// `irqreplay report`: one finding as a bug report to send.

import { bugReport } from '../report/bug.js';
import { shortNames, spellOf } from '../report/text.js';
import { whyText } from '../report/why.js';
import { ruleOf } from './select-rules.js';
import { chosenFinding, type Chosen, type FindingArguments } from './chosen.js';
import { livesOf } from './lives-of.js';
import { minimisedFinding } from './minimise.js';
import { offsetText } from './offset.js';
import { print, spareRecordings, writeText } from './output.js';
import { readingOf } from './recording.js';
import { version } from './version.js';
import { stepsOf } from './why.js';

interface ReportArguments extends FindingArguments {
  readonly out: string | undefined;
}

/** What changes how the recording is read or judged, as it was given. A configuration found in the working folder is named: elsewhere it is not found. */
function optionsOf({ qemuEvents, offset, vm, profile, set, config }: ReportArguments, chosen: Chosen): string[] {
  return [
    ...(qemuEvents === undefined ? [] : ['--qemu-events', qemuEvents.file]),
    ...offset.flatMap((each) => ['--offset', offsetText(each)]),
    ...(vm === undefined ? [] : ['--vm', vm]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(chosen.config !== false ? ['--config', chosen.config] : config === false ? ['--no-config'] : []),
    ...set.flatMap((fact) => ['--set', fact]),
  ];
}

/** Lives shown, the last ones. */
const SHOWN = 3;

export async function report(args: ReportArguments): Promise<number> {
  const { files, out, finding: number } = args;
  spareRecordings(files, out, `--out ${out}`);
  const chosen = await chosenFinding(args);
  const { analysis, finding } = chosen;
  const names = analysis.streams.map(({ file }) => file);
  const { lives, onward } = await livesOf(files, readingOf(args), finding);
  const text = bugReport(
    {
      finding,
      analysis,
      summary: ruleOf(finding.rule).summary,
      why: whyText(finding, await stepsOf(files, readingOf(args), chosen), { files: shortNames(names), paint: (_, plain) => plain, spell: spellOf(analysis.streams) }),
      lives: lives.slice(-SHOWN),
      onward,
      litmus: (await minimisedFinding(args, chosen)).litmus,
      version: version(),
      number,
      options: optionsOf(args, chosen),
    },
    names,
  );
  if (out === undefined) print(text);
  else writeText(out, text, '--out');
  return 0;
}
