// CPU time and peak memory of one run of a program.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const here = new URL('.', import.meta.url).pathname;
export const cli = join(here, '../dist/cli.js');

export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** CPU seconds and peak MiB of one run of a Node script. */
export function node(script, ...rest) {
  const { output, status, stderr } = spawnSync(process.execPath, ['--import', join(here, 'usage.mjs'), script, ...rest], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
  });
  if (status !== 0 && status !== 1) throw new Error(`${script} ${rest.join(' ')}: ${stderr}`);
  const { cpu, rss } = JSON.parse(output[3].toString());
  return { cpu: cpu / 1e6, rss: rss / 1024, out: output[1].toString() };
}

/** CPU seconds of `trace-cmd report FILE > /dev/null`; undefined where trace-cmd is not installed or does not read the file. */
export function traceCmd(file) {
  const { stderr, status } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time trace-cmd report "$1" > /dev/null 2>&1', 'bench', file]);
  if (status !== 0) return undefined;
  const [user, system] = stderr.toString().trim().split(' ').map(Number);
  return { cpu: user + system, rss: Number.NaN };
}
