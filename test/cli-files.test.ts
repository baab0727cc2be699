// Files that cannot be read or written: one form of sentence in every command, which names the file, the option and the reason; exit code 2.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { workbench } from './built.js';

const { folder, run } = workbench();
beforeAll(() => mkdirSync(join(folder, 'dir')));

const NO_FILE = 'no such file';
const NO_FOLDER = 'a part of the path is no folder';
const FOLDER = 'is a directory';

test.each([
  [['check', 'none.txt'], `none.txt: ${NO_FILE}`],
  [['check', 'masked.irq/x'], `masked.irq/x: ${NO_FOLDER}`],
  [['check', 'dir'], `dir: ${FOLDER}`],
  [['diff', 'masked.irq', 'masked.irq/x'], `masked.irq/x: ${NO_FOLDER}`],
  [['test', 'none'], `none: ${NO_FILE}`],
  [['test', 'masked.irq/x'], `masked.irq/x: ${NO_FOLDER}`],
  [['state', 'none.txt', '--index', 'x.idx'], `none.txt: ${NO_FILE}`],
  [['state', 'masked.irq', '--index', 'dir'], `dir (--index): ${FOLDER}`],
  [['check', 'masked.irq', '--config', 'none.json'], `none.json (--config): ${NO_FILE}`],
  [['check', 'masked.irq', '--config', 'dir'], `dir (--config): ${FOLDER}`],
  [['check', 'masked.irq', '--qemu-events', 'none'], `none (--qemu-events): ${NO_FILE}; see irqreplay --help`],
])('cannot be read: %j', (words, reason) => {
  expect(run(words)).toMatchObject({ status: 2, stdout: '', stderr: `irqreplay: cannot read ${reason}\n` });
});

test.each([
  [['check', 'masked.irq', '--output', 'sarif=no/such'], 'no/such (--output sarif): no such folder'],
  [['check', 'masked.irq', '--output', 'json=dir'], `dir (--output json): ${FOLDER}`],
  [['report', 'masked.irq', '--out', 'masked.irq/x'], `masked.irq/x (--out): ${NO_FOLDER}`],
  [['convert', 'masked.irq', '--out', 'no/such.irq'], 'no/such.irq: no such folder'],
  [['cut', 'masked.irq', '--pin', '10', '--out', 'masked.irq/x.irq'], `masked.irq/x.irq: ${NO_FOLDER}`],
  [['state', 'masked.irq', '--index', 'no/such.idx'], 'no/such.idx: no such folder'],
])('cannot be written: %j', (words, reason) => {
  expect(run(words)).toMatchObject({ status: 2, stderr: `irqreplay: cannot write ${reason}\n` });
});

test('two forms in one file would leave the second only', () => {
  expect(run(['check', 'masked.irq', '--output', 'json=a.out', '--output', 'junit=./a.out'])).toMatchObject({ status: 2, stdout: '', stderr: 'irqreplay: --output junit=./a.out: another form is written to that file, expected a file for each\n' });
});
