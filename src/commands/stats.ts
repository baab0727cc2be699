// `irqreplay stats`: how long interrupts take from hop to hop, which merged or vanished, how near the limits of KVM the run came,
// and whether the logs of a run tell of as many things.

import { Lives } from '../lives/lives.js';
import { Peaks } from '../lives/peaks.js';
import { parseSelector, SELECTORS, type Selector } from '../lives/selector.js';
import { Tally } from '../lives/tally.js';
import { Ties } from '../lives/ties.js';
import { statsJson, statsText } from '../report/stats.js';
import { printableJson } from '../report/text.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { readingOf, Recording, type StreamsArguments } from './recording.js';
import { UsageError } from './usage.js';

interface StatsArguments extends StreamsArguments {
  /** Only the lives of this thing. */
  readonly of: string | undefined;
  readonly top: number;
}

export function selectorOf(text: string): Selector {
  const selector = parseSelector(text);
  if (selector === undefined) throw new UsageError(`${text}: expected ${SELECTORS}`);
  return selector;
}

export async function stats({ files, format, progress, of, top, ...given }: StatsArguments): Promise<number> {
  const wanted = of === undefined ? () => true : selectorOf(of);
  const bar = progressBar(progress);
  const tally = new Tally();
  const peaks = new Peaks();
  const ties = new Ties();
  const lives = new Lives((life) => {
    if (wanted(life)) tally.add(life);
  });
  const recording = await Recording.open(files, { ...readingOf(given), onBytes: bar.update });
  try {
    for await (const events of recording.events()) {
      peaks.feed(events);
      ties.feed(events);
      lives.feed(events);
    }
  } finally {
    bar.clear();
  }
  lives.end();
  const streams = recording.summaries();
  const names = streams.map(({ file }) => file);
  const timed = streams.some(({ clock }) => clock === 'seconds' || clock === 'ns');
  const counted = { tally, peaks: peaks.all, ties: ties.all };
  print(format === 'json' ? printableJson(statsJson(counted, streams)) : statsText(counted, { files: names, paint: painter(), top, timed }));
  return 0;
}
