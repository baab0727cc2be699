// The clocks of the files, by the number of the file: as given, or found from what two files show.

import type { OpenStream } from '../import/open.js';
import { Landmarks, searchOffset, type Found } from '../order/clock-search.js';
import type { ClockOffset } from '../order/input.js';
import type { OffsetOption } from './offset.js';
import { UsageError } from './usage.js';

/** By the number of the file. */
export function offsetsOf(options: readonly OffsetOption[], files: readonly string[]): Map<number, ClockOffset | 'auto'> {
  const offsets = new Map<number, ClockOffset | 'auto'>();
  for (const { file, offset } of options) {
    const at = files.indexOf(file);
    if (at < 0) throw new UsageError(`--offset ${file}=: that file is not among those to read`);
    if (offsets.has(at)) throw new UsageError(`--offset ${file}= is given more than once`);
    offsets.set(at, offset);
  }
  if (offsets.size > 0 && offsets.size === files.length) throw new UsageError('--offset: leave one file without, whose clock is the common one');
  return offsets;
}

interface Read {
  readonly landmarks: Landmarks;
  readonly base: bigint;
  readonly file: string;
}

async function landmarksOf({ info, batches }: OpenStream): Promise<Read> {
  const landmarks = new Landmarks();
  for await (const batch of batches()) for (const event of batch) landmarks.add(event);
  return { landmarks, base: info.base, file: info.file };
}

const isFound = (offset: ClockOffset | 'auto'): offset is ClockOffset => offset !== 'auto';

/** Those that are given. */
export const givenOffsets = (wanted: ReadonlyMap<number, ClockOffset | 'auto'>): Map<number, ClockOffset> =>
  new Map([...wanted].flatMap(([at, offset]) => (isFound(offset) ? [[at, offset] as const] : [])));

/** Those that are to be found as well; the streams are read to their ends. */
export async function findOffsets(wanted: ReadonlyMap<number, ClockOffset | 'auto'>, streams: readonly OpenStream[]): Promise<Map<number, ClockOffset>> {
  const offsets = givenOffsets(wanted);
  const read: Read[] = [];
  for (const stream of streams) read.push(await landmarksOf(stream));
  const fixed = read.filter((_, at) => !wanted.has(at));
  for (const [at, moved] of read.entries()) if (wanted.get(at) === 'auto') offsets.set(at, findOffset(moved, fixed));
  return offsets;
}

/** Of several files with the common clock the one with which most things fit. */
function findOffset(moved: Read, fixed: readonly Read[]): ClockOffset {
  const results = fixed.flatMap((other): Found[] => {
    const result = searchOffset(moved.landmarks, other.landmarks);
    return result === undefined ? [] : [{ ...result, ns: result.ns + other.base - moved.base }];
  });
  const [best] = results.sort((a, b) => b.matched / b.of - a.matched / a.of);
  if (best !== undefined) return best;
  throw new UsageError(`--offset ${moved.file}=auto: nothing that both it and another file show fits at one distance only; give it as --offset ${moved.file}=NS`);
}
