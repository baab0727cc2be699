// `irqreplay convert`: recordings in a native form.

import { writeNative } from './native.js';
import { spareRecordings } from './output.js';
import { progressBar } from './progress.js';
import { readingOf, Recording, type StreamsArguments } from './recording.js';
import { targetOf, type Form } from './target.js';
import { INTERRUPTED, interruptible, untilAborted } from './until-aborted.js';

export interface OutputArguments extends Omit<StreamsArguments, 'format'> {
  /** `-` is standard output. */
  readonly out: string;
  readonly to: Form | undefined;
}

export async function convert({ files, out, to, progress, ...given }: OutputArguments): Promise<number> {
  const target = targetOf(out, to, ', or --to');
  spareRecordings(files, out, `--out ${out}`);
  const bar = progressBar(progress);
  const recording = await Recording.open(files, { ...readingOf(given), onBytes: bar.update });
  const signal = interruptible();
  await writeNative(recording, untilAborted(recording.events(), signal), target).finally(bar.clear);
  return signal.aborted ? INTERRUPTED : 0;
}
