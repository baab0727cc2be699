// Results that find no room, and results that would take a recording's place. Needs `npm run build`.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLI, LEVEL, recording, workbench } from './built.js';

const { folder, run } = workbench();
const LARGE = recording('x86-kvm-vfio-intx-msix/trace.txt.zst');

/** In a shell of its own, where no file grows beyond 64 KiB: a write across that end is a short one, the next one fails. */
const short = (line: string) =>
  spawnSync('bash', ['-c', `trap '' XFSZ; ulimit -f 64; ${line}`], { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE: process.execPath, CLI, LARGE, LEVEL } });

describe('no room', () => {
  test.each(['check', 'coverage', 'stats', 'info', 'state', 'convert'])('%s on a full device: a sentence and exit code 2', (command) => {
    const { status, stderr } = short(`"$NODE" "$CLI" ${command} "$LEVEL" > /dev/full`);
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'irqreplay: cannot write standard output: no space left on device\n' });
  });

  test.each(['rules --format json', 'convert "$LARGE"'])('%s into a file that can hold a part of it', (command) => {
    const { status, stderr } = short(`"$NODE" "$CLI" ${command} > part`);
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'irqreplay: cannot write standard output: file too large\n' });
  });

  test.each(['irq', 'ndjson.gz', 'parquet'])('no half of a recording gets its name: %s', (form) => {
    const { status, stderr } = short(`"$NODE" "$CLI" convert "$LARGE" -o half.${form}`);
    expect({ status, stderr }).toEqual({ status: 2, stderr: `irqreplay: cannot write half.${form}: file too large\n` });
    expect(readdirSync(folder).filter((name) => name.startsWith('half'))).toEqual([]);
  });
});

describe('no result takes the place of a recording', () => {
  const commands: readonly (readonly string[])[] = [
    ['convert', 'only', '--to', 'irq', '-o', './only'],
    ['cut', 'only.irq', '--gsi', '10', '-o', 'only.irq'],
    ['minimise', 'only', '-o', 'only'],
    ['report', 'masked.irq', 'only', '-o', 'only'],
    ['check', 'only', '--output', 'json=only'],
  ];
  test.each(commands)('%s', (...command) => {
    for (const name of ['only', 'only.irq']) cpSync(LEVEL, join(folder, name));
    const { status, stderr, stdout } = run(command);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^irqreplay: --(out|output) \S+: is a recording that is read, expected another file\n$/);
    for (const name of ['only', 'only.irq']) expect(readFileSync(join(folder, name))).toEqual(readFileSync(LEVEL));
  });

  test('another file is written over, as ever', () => {
    cpSync(LEVEL, join(folder, 'old.irq'));
    expect(run(['convert', 'masked.irq', '-o', 'old.irq']).status).toBe(0);
    expect(readFileSync(join(folder, 'old.irq'), 'utf8')).toContain('ioapic.deliver pin=10 vec=65');
    expect(existsSync(join(folder, 'old.irq.part'))).toBe(false);
  });
});
