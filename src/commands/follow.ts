// `irqreplay follow`: the lives of one thing's interrupts, hop by hop.

import type { Life } from '../lives/life.js';
import { Lives } from '../lives/lives.js';
import { lifeText, livesJson } from '../report/life.js';
import { counted } from '../report/text.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { Recording, type StreamsArguments } from './recording.js';
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
  count = 0;
  readonly #most: number;
  readonly #order: (a: Life, b: Life) => number;

  constructor({ slowest, limit }: Pick<FollowArguments, 'slowest' | 'limit'>) {
    this.#most = slowest ?? limit;
    this.#order = slowest === undefined ? (a, b) => a.id - b.id : (a, b) => (spanOf(b) || 0) - (spanOf(a) || 0);
  }

  take(life: Life): void {
    this.count++;
    // lives end in another order than they begin
    if (this.#lives.push(life) > 2 * this.#most) this.#cut();
  }

  /** In the order of their beginnings, or the slowest first. */
  get sorted(): readonly Life[] {
    this.#cut();
    return this.#lives;
  }

  #cut(): void {
    this.#lives.sort(this.#order);
    this.#lives.length = Math.min(this.#lives.length, this.#most);
  }
}

/** The last word names the thing, the others are files. */
export async function follow({ files: words, format, progress, qemuEvents, offset, slowest, limit }: FollowArguments): Promise<number> {
  const files = words.slice(0, -1);
  const thing = words.at(-1);
  if (thing === undefined || files.length === 0) throw new UsageError('expected recordings and the thing to follow: trace.dat gsi:10');
  const wanted = selectorOf(thing);
  const chosen = new Chosen({ slowest, limit });
  const lives = new Lives((life) => {
    if (wanted(life)) chosen.take(life);
  });
  const bar = progressBar(progress);
  const recording = await Recording.open(files, { qemuEvents, offset, onBytes: bar.update });
  try {
    for await (const events of recording.events()) lives.feed(events);
  } finally {
    bar.clear();
  }
  lives.end();
  const names = recording.summaries().map(({ file }) => file);
  print(format === 'json' ? livesJson(chosen.sorted, names) : text(chosen, names));
  return chosen.count > 0 ? 0 : 1;
}

function text(chosen: Chosen, names: readonly string[]): string {
  const paint = painter();
  const shown = chosen.sorted.map((life) => lifeText(life, names, paint));
  const more = chosen.count - shown.length;
  if (more > 0) shown.push(`${counted(more, 'life', 'lives')} more, not shown (--limit, --slowest)`);
  return `${shown.join('\n\n')}\n`;
}
