// A host whose CPUs deliver interrupts themselves shows no injection and few EOIs: each healthy trace, told so, shows nothing new.

import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deliveredByHardware, type Hardware } from './apicv.js';
import { loud, readTrace, replayTexts, TRACES } from './replay.js';

const WAYS: readonly Hardware[] = [
  { isTold: true, between: [0, 1] },
  { isTold: false, between: [0, 1] },
  { isTold: true, between: [0.2, 0.5] },
  { isTold: true, between: [0.6, 1] },
];

const traces = readdirSync(`${TRACES}recordings`).filter((name) => /^(?:kvm-[abc]|x86-kvm-)/.test(name) && !name.includes('fault')).flatMap((name) =>
  ['trace.txt', 'trace.txt.gz', 'trace.txt.zst', 'raw.txt'].filter((file) => existsSync(`${TRACES}recordings/${name}/${file}`)).map((file) => [`recordings/${name}/`, file] as const),
);

test.each(traces)('%s%s', async (dir, file) => {
  const text = readTrace(dir + file);
  const log = existsSync(`${TRACES}${dir}ioctl.jsonl`) ? [readTrace(`${dir}ioctl.jsonl`)] : [];
  for (const beside of log.length === 0 ? [[]] : [[], log]) {
    const { findings } = await replayTexts([text, ...beside]);
    const before = new Set(loud(findings));
    for (const way of WAYS) {
      const rewritten = deliveredByHardware(text.toString('latin1'), way);
      const { findings: now } = await replayTexts([Buffer.from(rewritten, 'latin1'), ...beside]);
      expect({ way, new: loud(now).filter((finding) => !before.has(finding)) }).toEqual({ way, new: [] });
    }
  }
});
