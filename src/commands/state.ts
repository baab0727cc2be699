// `irqreplay state`: the machine at a moment, what changed between two, or every change of one thing.

import { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import { formatEvent } from '../import/irq-write.js';
import { plainName } from '../lives/selector.js';
import { changeLines, stateText } from '../report/state.js';
import { counted, place, printable, printableJson } from '../report/text.js';
import { changesBetween } from '../state/changes.js';
import type { Row } from '../state/row.js';
import { stateOf, stateOfThing } from '../state/tables.js';
import { reached, type Moment } from './moment.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { Recording, type StreamsArguments } from './recording.js';
import { UsageError } from './usage.js';

interface StateArguments extends StreamsArguments {
  /** The moments, the end if none. */
  readonly at: readonly Moment[];
  readonly diff: readonly Moment[];
  /** The thing whose changes are printed. */
  readonly watch: string | undefined;
}

interface Shown {
  readonly rows: readonly Row[];
  /** The event before which it is, undefined at the end. */
  readonly next: Event | undefined;
  /** Events before it. */
  readonly events: number;
}

/** One replay, up to the last of the moments: the state at each, at the end for moments beyond it. */
async function statesAt(recording: Recording, moments: readonly Moment[]): Promise<Shown[]> {
  const replay = new Replay({ rules: [] });
  const states = new Map<Moment, Shown>();
  let due = moments;
  const show = (next: Event | undefined, isDue: (moment: Moment) => boolean): void => {
    const rows = stateOf(replay.machine);
    for (const moment of due.filter(isDue)) states.set(moment, { rows, next, events: replay.events });
    due = due.filter((moment) => !states.has(moment));
  };
  for await (const batch of recording.events()) {
    for (const event of batch) {
      const isReached = (moment: Moment): boolean => reached(moment, event, replay.events);
      if (due.some(isReached)) show(event, isReached);
      if (due.length === 0) break;
      replay.feed([event]);
    }
    if (due.length === 0) break;
  }
  if (due.length > 0) show(undefined, () => true);
  return moments.flatMap((moment) => states.get(moment) ?? []);
}

/** Every event that changes a thing, with what it changes. */
async function watch(recording: Recording, thing: string): Promise<number> {
  const replay = new Replay({ rules: [] });
  let before: Row[] = [];
  let changed = 0;
  for await (const batch of recording.events()) {
    const names = recording.summaries().map(({ file }) => file);
    for (const event of batch) {
      replay.feed([event]);
      const after = stateOfThing(replay.machine, thing);
      const changes = changesBetween(before, after);
      before = after;
      if (changes.length === 0) continue;
      changed++;
      print(`${[`${place(event, names)}  ${printable(formatEvent(event))}`, ...changeLines(changes, '    ')].join('\n')}\n`);
    }
  }
  if (changed === 0) print(`the recording shows nothing of ${printable(thing)}\n`);
  return changed > 0 ? 0 : 1;
}

export async function state({ files, format, progress, qemuEvents, offset, at, diff, watch: thing }: StateArguments): Promise<number> {
  if (thing !== undefined) return watch(await Recording.open(files, { qemuEvents, offset }), plainName(thing));
  if (diff.length !== 0 && diff.length !== 2) throw new UsageError('--diff: expected two moments, the earlier first');
  const end = { events: Number.POSITIVE_INFINITY };
  const moments = diff.length === 2 ? diff : at.length > 0 ? at : [end];
  const bar = progressBar(progress);
  const recording = await Recording.open(files, { qemuEvents, offset, onBytes: bar.update });
  const states = await statesAt(recording, moments).finally(bar.clear);
  const names = recording.summaries().map(({ file }) => file);
  print(format === 'json' ? printableJson(`${JSON.stringify(asJson(states, diff.length === 2), null, 1)}\n`) : asText(states, diff.length === 2, names));
  return 0;
}

/** Of several moments one list each. */
function asJson(states: readonly Shown[], isDiff: boolean): unknown {
  const [first, second] = states;
  if (isDiff) return changesBetween(first?.rows ?? [], second?.rows ?? []);
  return states.length === 1 ? first?.rows : states.map(({ rows }) => rows);
}

function asText(states: readonly Shown[], isDiff: boolean, names: readonly string[]): string {
  const [first, second] = states;
  if (isDiff) {
    const changes = changesBetween(first?.rows ?? [], second?.rows ?? []);
    return changes.length === 0 ? 'nothing changed that is known\n' : `${changeLines(changes).join('\n')}\n`;
  }
  const paint = painter();
  return states.map(({ rows, next, events }) => `${paint('dim', next === undefined ? `at the end, after ${counted(events, 'event')}` : `after ${counted(events, 'event')}, before ${place(next, names)}`)}\n\n${stateText(rows, paint)}`).join('\n');
}
