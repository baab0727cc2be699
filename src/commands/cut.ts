// `irqreplay cut`: a part of a recording in a native form, which says itself what it leaves out.

import type { Event } from '../event.js';
import type { OutputArguments } from './convert.js';
import { writeNative } from './native.js';
import { spareRecordings } from './output.js';
import { openWindow, pieceOf } from './piece.js';
import { progressBar } from './progress.js';
import { readingOf, Recording } from './recording.js';
import { Selector, type Selection } from './selection.js';
import { targetOf } from './target.js';
import { INTERRUPTED, interruptible, untilAborted } from './until-aborted.js';
import { UsageError } from './usage.js';
import type { Point } from './window.js';

interface CutArguments extends Omit<OutputArguments, 'to'>, Selection {
  readonly from: Point | undefined;
  readonly to: Point | undefined;
}

const OPTIONS = ['gsi', 'pin', 'vector', 'intid', 'device', 'cpu', 'kind'] as const;

const inWords = (point: Point): string => ('percent' in point ? `${point.percent}%` : `${point.seconds}s`);

/** The choice as it was asked for. */
function noteOf(args: CutArguments): string {
  const bounds = (['from', 'to'] as const).flatMap((name) => (args[name] === undefined ? [] : [`--${name} ${inWords(args[name])}`]));
  const things = OPTIONS.flatMap((name) => (args[name].length === 0 ? [] : [`--${name} ${args[name].join(',')}`]));
  if (args.vm !== undefined) things.push(`--vm ${args.vm}`);
  if (bounds.length + things.length === 0) throw new UsageError(`nothing chosen: give --from, --to, ${OPTIONS.map((name) => `--${name}`).join(', ')}, --vm, or take convert`);
  return `cut ${[...bounds, ...things].join(' ')}`;
}

/** `onEvents` is told how many of the machine there are in a batch. */
async function* chosen(batches: AsyncIterable<Event[]>, selector: Selector, onEvents: (n: number) => void): AsyncGenerator<Event[]> {
  for await (const batch of batches) {
    const left = selector.choose(batch);
    onEvents(left.filter(({ kind }) => !kind.startsWith('meta.')).length);
    yield left;
  }
}

export async function cut(args: CutArguments): Promise<number> {
  const target = targetOf(args.out, undefined);
  spareRecordings(args.files, args.out, `--out ${args.out}`);
  const selector = new Selector(args, noteOf(args));
  const bar = progressBar(args.progress);
  const { from, to } = args;
  const options = { ...readingOf(args), onBytes: bar.update };
  const signal = interruptible();
  let selected = 0;
  const onEvents = (n: number): void => void (selected += n);
  const write = async (): Promise<void> => {
    const window = await openWindow(args.files, { ...options, from, to });
    const recording = await Recording.open(args.files, options);
    const events = untilAborted(recording.events(), signal);
    await writeNative(recording, chosen(window === undefined ? events : pieceOf(recording, events, window), selector, onEvents), target);
  };
  await write().finally(bar.clear);
  if (signal.aborted) return INTERRUPTED;
  if (selected === 0) process.stderr.write(`irqreplay: ${noteOf(args)}: no event is selected\n`);
  return selected === 0 ? 1 : 0;
}
