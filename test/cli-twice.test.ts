// The same events under two names: one file twice, or a recording beside what was made from it. Merged, each would have happened twice.

import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MASKED, workbench } from './built.js';

const { folder, run } = workbench();

test.each([
  ['its name', 'masked.irq'],
  ['another way to it', './masked.irq'],
  ['a link', 'link.irq'],
  ['a pattern', '{masked,healthy}.irq'],
])('one file, again by %s, is refused', (_, again) => {
  if (again === 'link.irq') symlinkSync('masked.irq', join(folder, again));
  const { status, stderr } = run(['check', again, 'masked.irq']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/masked\.irq: the same file as \S+, expected each stream of the run once/) });
});

describe.each(['irq', 'ndjson', 'parquet'])('a recording and the .%s made from it', (form) => {
  test('are refused in either order', () => {
    run(['convert', 'masked.irq', '-o', `made.${form}`]);
    for (const files of [['masked.irq', `made.${form}`], [`made.${form}`, './masked.irq']]) {
      const { status, stderr } = run(['check', ...files]);
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('give one of the two forms of a recording') });
    }
  });
});

test('what was made from another file of that name is a stream of its own', () => {
  mkdirSync(join(folder, 'other'));
  // the same lines two seconds later
  writeFileSync(join(folder, 'other/masked.irq'), MASKED.replace(/@(\d+)/g, (_, ns: string) => `@${2_000_000 + Number(ns)}`));
  run(['convert', 'other/masked.irq', '-o', 'other.irq']);
  expect(run(['check', 'masked.irq', 'other.irq'])).toMatchObject({ status: 1, stderr: '' });
});

test('a copy under another name is taken for the stream that it is said to be', () => {
  copyFileSync(join(folder, 'masked.irq'), join(folder, 'copy.irq'));
  expect(run(['check', 'masked.irq', 'copy.irq']).status).toBe(1);
});
