// The built command, run in a folder of small recordings. Needs `npm run build`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export const ROOT = new URL('..', import.meta.url).pathname;
export const CLI = join(ROOT, 'dist/cli.js');
export const LEVEL = join(ROOT, 'traces/formats/irq/level-resample.irq');
export const recording = (path: string): string => join(ROOT, 'traces/recordings', path);
export const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

/** Breaks RULE at its last line. */
export const MASKED = `@0 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=0
@1000 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1
@2000 ioapic.in pin=10 level=1
@3000000 ioapic.deliver pin=10 vec=0x41
`;
export const RULE = 'ioapic/deliver-while-masked';

const tick = (at: number): string => `          vmm-7     [000]  ${at}: kvm_msi_set_irq:      dst 0 vec 65 (Fixed|physical|edge)\n`;
const FIXTURES: Readonly<Record<string, string>> = {
  'masked.irq': MASKED,
  'healthy.irq': MASKED.replace('mask=1', 'mask=0'),
  'broken.irq': `${MASKED}ioapic.deliver pin=ten vec=1\n`,
  'timeless.irq': MASKED.replace(/@\d+ /g, ''),
  '-w': MASKED,
  '123': MASKED,
  empty: '',
  'shopping-list': 'milk\n',
  'ticks.txt': `cpus=1\n${[5768898872, 5768899000, 5768899872].map(tick).join('')}`,
};

interface Options {
  readonly input?: string | Buffer;
  readonly env?: NodeJS.ProcessEnv;
}

/** A folder for the tests of one file, and the command run in it. */
export function workbench() {
  const folder = mkdtempSync(join(tmpdir(), 'irqreplay-'));
  beforeAll(() => Object.entries(FIXTURES).forEach(([name, text]) => writeFileSync(join(folder, name), text)));
  afterAll(() => rmSync(folder, { recursive: true }));
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...inherited } = process.env;
  const run = (args: readonly string[], { input = '', env = {} }: Options = {}) => {
    const options = { cwd: folder, input, env: { ...inherited, ...env }, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], options);
    return { status, stdout, stderr, first: stdout.split('\n')[0] };
  };
  return { folder, run };
}
