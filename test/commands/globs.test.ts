// Patterns in place of files: what they match, sorted; a file of that very name comes first.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandGlobs, filesOfRun } from '../../src/commands/globs.js';
import { UsageError } from '../../src/commands/usage.js';
import { MASKED, workbench } from '../built.js';

const { folder, run } = workbench();
mkdirSync(join(folder, 'deep/er'), { recursive: true });
for (const name of ['deep/b.irq', 'deep/a.irq', 'deep/er/c.irq', 'deep/[ab].irq', 'deep/d.txt']) writeFileSync(join(folder, name), MASKED);

const at = (path: string): string => join(folder, path);

test.each([
  ['deep/*.irq', ['deep/[ab].irq', 'deep/a.irq', 'deep/b.irq']],
  ['deep/**/?.irq', ['deep/a.irq', 'deep/b.irq', 'deep/er/c.irq']],
  ['deep/{b,d}.*', ['deep/b.irq', 'deep/d.txt']],
  ['deep/[ab].irq', ['deep/[ab].irq']],
  ['deep/[a-b].irq', ['deep/a.irq', 'deep/b.irq']],
  ['deep/nothing.irq', ['deep/nothing.irq']],
])('%s', async (pattern, files) => {
  expect(await expandGlobs([at(pattern)])).toEqual(files.map(at));
});

test('standard input and what stands beside a pattern stay in their place', async () => {
  expect(await expandGlobs(['-', at('deep/er/*'), 'x'])).toEqual(['-', at('deep/er/c.irq'), 'x']);
});

test('a pattern without a match is refused', async () => {
  await expect(expandGlobs([at('deep/*.dat')])).rejects.toThrow(UsageError);
  expect(run(['check', 'deep/*.dat'])).toMatchObject({ status: 2, stderr: 'irqreplay: no file matches deep/*.dat\n' });
});

test('commands take them', () => {
  expect(JSON.parse(run(['check', 'deep/er/*.irq', '--format', 'json']).stdout)).toMatchObject({ streams: [{ file: 'deep/er/c.irq' }] });
  expect(run(['test', 'deep/**/c.irq']).stdout).toContain('deep/er/c.irq');
});

test('files of one run in one word, with commas between them, each perhaps a pattern', async () => {
  writeFileSync(at('deep/x,y.irq'), MASKED);
  expect(await filesOfRun(`${at('deep/a.irq')},${at('deep/d.txt')}`)).toEqual([at('deep/a.irq'), at('deep/d.txt')]);
  expect(await filesOfRun(at('deep/{b.irq,d.txt}'))).toEqual([at('deep/b.irq'), at('deep/d.txt')]);
  expect(await filesOfRun(`${at('deep/{a,b}.irq')},${at('deep/d.*')}`)).toEqual([at('deep/a.irq'), at('deep/b.irq'), at('deep/d.txt')]);
  // a file of that very name comes first
  expect(await filesOfRun(at('deep/x,y.irq'))).toEqual([at('deep/x,y.irq')]);
  expect(await filesOfRun('-')).toEqual(['-']);
});
