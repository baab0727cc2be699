// `irqreplay minimise`: the fewest events of a recording that still break the same rule on the same thing, as litmus text.

import type { FoldedFinding } from '../finding.js';
import type { Event } from '../event.js';
import { parseIrq } from '../import/irq.js';
import { find, minimise, type Wanted } from '../minimise/minimise.js';
import { litmus } from '../report/litmus.js';
import { chosenFinding, type Chosen, type FindingArguments } from './chosen.js';
import { print, spareRecordings, writeText } from './output.js';
import { readingOf, Recording, type RecordingOptions } from './recording.js';
import { ruleOf } from './select-rules.js';
import { UsageError } from './usage.js';

interface MinimiseArguments extends FindingArguments {
  readonly out: string | undefined;
}

/** Events kept in front of the finding at first; eight times as many if they do not show it. */
const WINDOW = 16_384;

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

interface Shown {
  readonly events: readonly Event[];
  /** With the clocks of the recording. */
  readonly wanted: Wanted;
}

/** A window that shows what is wanted; doubled in steps until it is the whole recording. */
async function enough(files: readonly string[], given: RecordingOptions, finding: FoldedFinding, sought: Wanted): Promise<Shown> {
  for (let size = WINDOW; ; size *= 8) {
    const recording = await Recording.open(files, given);
    const events = await windowOf(recording, finding.at, size);
    const wanted = { ...sought, uncertainties: recording.uncertainties };
    if (find(events, wanted) !== undefined) return { events, wanted };
    if (size > finding.at.seq) throw new UsageError(`${finding.rule} on ${finding.entity} does not come out of a second replay`);
  }
}

interface Minimised {
  readonly litmus: string;
  readonly events: number;
}

/** The fewest events that show a finding, as litmus text. */
export async function minimisedFinding(args: FindingArguments, { analysis, finding, settings: facts }: Chosen): Promise<Minimised> {
  const { files } = args;
  const settings = facts.length === 0 ? [] : parseIrq(`meta.cfg ${facts.join(' ')}\n`, '--set').events;
  const sought = { rule: ruleOf(finding.rule), entity: finding.entity, severity: finding.severity, settings };
  const { events, wanted } = await enough(files, readingOf(args), finding, sought);
  const left = minimise(events, wanted);
  const text = litmus({ finding, events: [...settings, ...left], at: find(left, wanted)?.at, recordings: files, total: analysis.events });
  return { litmus: text, events: left.length };
}

export async function minimiseFinding(args: MinimiseArguments): Promise<number> {
  spareRecordings(args.files, args.out, `--out ${args.out}`);
  const { litmus: text } = await minimisedFinding(args, await chosenFinding(args));
  if (args.out === undefined) print(text);
  else writeText(args.out, text, '--out');
  return 0;
}
