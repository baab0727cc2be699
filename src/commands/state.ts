// `irqreplay state`: the machine at a moment, what changed between two, or every change of one thing.

import { Replay } from '../analyze.js';
import { formatEvent } from '../import/irq-write.js';
import { changeLines, stateText } from '../report/state.js';
import { place, printable, printableJson } from '../report/text.js';
import { changesBetween } from '../state/changes.js';
import type { Row } from '../state/row.js';
import { stateOf } from '../state/tables.js';
import { reached, type Moment } from './moment.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { Recording, type StreamsArguments } from './recording.js';
import { UsageError } from './usage.js';

interface StateArguments extends StreamsArguments {
  readonly at: Moment | undefined;
  readonly diff: readonly Moment[];
  /** Things whose changes are printed: a part of their names. */
  readonly watch: string | undefined;
}

/** Replays and gives the state at each moment, the later last; the last state for moments beyond the end. */
async function statesAt(recording: Recording, moments: readonly Moment[]): Promise<Row[][]> {
  const replay = new Replay({ rules: [] });
  const states: Row[][] = [];
  let n = 0;
  for await (const batch of recording.events()) {
    for (const event of batch) {
      for (let next = moments[states.length]; next !== undefined && reached(next, event, n); next = moments[states.length]) states.push(stateOf(replay.machine));
      if (states.length === moments.length) return states;
      replay.feed([event]);
      n++;
    }
  }
  while (states.length < moments.length) states.push(stateOf(replay.machine));
  return states;
}

/** Every event that changes a thing, with what it changes. */
async function watch(recording: Recording, part: string): Promise<number> {
  const replay = new Replay({ rules: [] });
  const wanted = (row: Row): boolean => row.what.includes(part);
  let before: Row[] = [];
  let changed = 0;
  for await (const batch of recording.events()) {
    const names = recording.summaries().map(({ file }) => file);
    for (const event of batch) {
      replay.feed([event]);
      const after = stateOf(replay.machine).filter(wanted);
      const changes = changesBetween(before, after);
      before = after;
      if (changes.length === 0) continue;
      changed++;
      print(`${[`${place(event, names)}  ${printable(formatEvent(event))}`, ...changeLines(changes, '    ')].join('\n')}\n`);
    }
  }
  return changed > 0 ? 0 : 1;
}

export async function state({ files, format, progress, qemuEvents, offset, at, diff, watch: part }: StateArguments): Promise<number> {
  if (part !== undefined) return watch(await Recording.open(files, { qemuEvents, offset }), part);
  if (diff.length !== 0 && diff.length !== 2) throw new UsageError('--diff: expected two moments, the earlier first');
  const moments = diff.length === 2 ? diff : [at ?? { events: Number.POSITIVE_INFINITY }];
  const bar = progressBar(progress);
  const states = await statesAt(await Recording.open(files, { qemuEvents, offset, onBytes: bar.update }), moments).finally(bar.clear);
  const [first = [], second] = states;
  const result = second === undefined ? first : changesBetween(first, second);
  if (format === 'json') print(printableJson(`${JSON.stringify(result, null, 1)}\n`));
  else print(second === undefined ? stateText(first, painter()) : `${changeLines(changesBetween(first, second)).join('\n')}\n`);
  return 0;
}
