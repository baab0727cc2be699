// `irqreplay coverage`: which hops of an interrupt's way the recording shows.

import { KINDS, isKind, type Kind } from '../kinds.js';
import type { Channels } from '../model/channels.js';
import { coverageOf, coverageText, type Cover, type KindCoverage } from '../report/coverage.js';
import { printableJson } from '../report/text.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { readingOf, type StreamsArguments } from './recording.js';
import { Run } from './run.js';

function coverOf(kind: Kind, count: number, channels: Channels): Cover {
  const { declared, covered } = channels.of(kind);
  if (declared) return 'full';
  if (covered) return 'shown';
  return count > 0 ? 'partial' : 'none';
}

function kindCoverage({ replay }: Run): Map<Kind, KindCoverage> {
  const counts = replay.counts();
  const kinds = Object.keys(KINDS).filter((kind) => isKind(kind));
  return new Map(
    kinds.map((kind) => {
      const count = counts.get(kind) ?? 0;
      return [kind, { kind, count, cover: coverOf(kind, count, replay.machine.ctx.channels) }];
    }),
  );
}

export async function coverage({ files, format, progress, ...given }: StreamsArguments): Promise<number> {
  const bar = progressBar(progress);
  const run = await Run.open(files, { ...readingOf(given), onBytes: bar.update });
  await run.play().finally(bar.clear);
  const { rules, streams } = run.analysis();
  const map = coverageOf(kindCoverage(run), rules, streams, run.recorded);
  print(format === 'json' ? `${printableJson(JSON.stringify(map, null, 1))}\n` : coverageText(map, painter()));
  return 0;
}
