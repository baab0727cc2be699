// `irqreplay follow`: the lives of one thing's interrupts, hop by hop.

import type { StreamSummary } from '../finding.js';
import type { Life } from '../lives/life.js';
import { Lives } from '../lives/lives.js';
import { Ways, type Onward } from '../lives/onward.js';
import type { Selector } from '../lives/selector.js';
import { lifeText, livesJson } from '../report/life.js';
import { counted, shortNames, spellOf, unitOf } from '../report/text.js';
import { chosenFinding } from './chosen.js';
import { livesOf } from './lives-of.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { readingOf, Recording, type StreamsArguments } from './recording.js';
import { selectorOf } from './stats.js';
import { UsageError } from './usage.js';

interface FollowArguments extends StreamsArguments {
  /** The slowest so many instead of the first. */
  readonly slowest: number | undefined;
  readonly limit: number;
}

const spanOf = ({ hops }: Life): number => (hops.at(-1)?.event.ns ?? Number.NaN) - (hops[0]?.event.ns ?? Number.NaN);

/** The lives to show: the first of them, or the slowest. */
class Chosen {
  readonly #lives: Life[] = [];
  readonly #ways = new Ways();
  /** Of more lives than those to choose from. */
  #known: Onward | undefined;
  count = 0;
  readonly #most: number;
  readonly #order: (a: Life, b: Life) => number;

  constructor({ slowest, limit }: Pick<FollowArguments, 'slowest' | 'limit'>) {
    this.#most = slowest ?? limit;
    this.#order = slowest === undefined ? (a, b) => a.id - b.id : (a, b) => (spanOf(b) || 0) - (spanOf(a) || 0);
  }

  take(life: Life): void {
    this.count++;
    this.#ways.note(life);
    // lives end in another order than they begin
    if (this.#lives.push(life) > 2 * this.#most) this.#cut();
  }

  /** In the order of their beginnings, or the slowest first. */
  get sorted(): readonly Life[] {
    this.#cut();
    return this.#lives;
  }

  get onward(): Onward {
    return this.#known ?? this.#ways.onward;
  }

  set onward(known: Onward) {
    this.#known = known;
  }

  #cut(): void {
    this.#lives.sort(this.#order);
    this.#lives.length = Math.min(this.#lives.length, this.#most);
  }
}

const FINDING = /^finding:(\d+)$/;

/** The last word names the thing, the others are files. */
export async function follow({ files: words, ...args }: FollowArguments): Promise<number> {
  const files = words.slice(0, -1);
  const thing = words.at(-1);
  if (thing === undefined || files.length === 0) throw new UsageError('expected recordings and the thing to follow: trace.dat gsi:10');
  const chosen = new Chosen(args);
  const [, number] = FINDING.exec(thing) ?? [];
  const streams = await (number === undefined ? ofThing(files, selectorOf(thing), args, chosen) : ofFinding(files, Number(number), args, chosen));
  print(args.format === 'json' ? livesJson(chosen.sorted, streams.map(({ file }) => file), unitOf(streams)) : text(chosen, streams));
  return chosen.count > 0 ? 0 : 1;
}

type Given = Omit<FollowArguments, 'files'>;

/** Takes every life of a thing; gives the streams. */
async function ofThing(files: readonly string[], wanted: Selector, { progress, ...given }: Given, chosen: Chosen): Promise<readonly StreamSummary[]> {
  const lives = new Lives((life) => {
    if (wanted(life)) chosen.take(life);
  });
  const bar = progressBar(progress);
  const recording = await Recording.open(files, { ...readingOf(given), onBytes: bar.update });
  try {
    for await (const events of recording.events()) lives.feed(events);
  } finally {
    bar.clear();
  }
  lives.end();
  return recording.summaries();
}

/** Takes the lives that a finding is about. */
async function ofFinding(files: readonly string[], finding: number, given: Given, chosen: Chosen): Promise<readonly StreamSummary[]> {
  const found = await chosenFinding({ ...given, files, finding, set: [], profile: undefined, config: undefined });
  const { lives, onward } = await livesOf(files, readingOf(given), found.finding);
  for (const life of lives) chosen.take(life);
  chosen.onward = onward;
  return found.analysis.streams;
}

function text(chosen: Chosen, streams: readonly StreamSummary[]): string {
  const options = { files: shortNames(streams.map(({ file }) => file)), paint: painter(), spell: spellOf(streams), onward: chosen.onward };
  const shown = chosen.sorted.map((life) => lifeText(life, options));
  const more = chosen.count - shown.length;
  if (more > 0) shown.push(`${counted(more, 'life', 'lives')} more, not shown (--limit, --slowest)`);
  return shown.length === 0 ? 'the recording shows no hop of an interrupt of it: no signal, no line, no message, no accept\n' : `${shown.join('\n\n')}\n`;
}
