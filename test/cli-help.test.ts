// Help: every command has an example, and every example runs as it is printed.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { CLI, recording, ROOT, workbench } from './built.js';

const { folder, run } = workbench();
const COMMANDS = join(ROOT, 'src/commands');
const OPTIONS = readdirSync(COMMANDS).filter((name) => name.endsWith('options.ts')).map((name) => readFileSync(join(COMMANDS, name), 'utf8')).join('');
const EXAMPLES = [...OPTIONS.matchAll(/\.example\((['"])\$0 (.*?)\1, /g)].map(([, , line = '']) => line);

/** The names that the examples use; what is in a file is told by its content alone. */
beforeAll(() => {
  const trace = recording('kvm-b07-8259/raw.txt');
  mkdirSync(join(folder, 'traces'));
  for (const name of ['trace.dat', 'trace.txt', 'trace.txt.gz', 'before.dat', 'after.dat', 'traces/raw.txt']) cpSync(trace, join(folder, name));
  cpSync(recording('kvm-b07-8259/ioctl.jsonl'), join(folder, 'ioctl.jsonl'));
  for (const name of ['a', 'b']) cpSync(recording('kvm-a07-route-changes'), join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'traces/raw.txt.expect'), 'none\n');
  writeFileSync(join(folder, 'irqreplay'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(join(folder, 'irqreplay'), 0o755);
});

test('of every command has an example', () => {
  const commands = [...run(['--help']).stdout.matchAll(/^ {2}irqreplay (\w+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'completion');
  expect(commands.length).toBeGreaterThan(12);
  expect(commands.filter((name) => !/Examples:\n {2}irqreplay /.test(run([name, '--help']).stdout))).toEqual([]);
  expect(EXAMPLES.length).toBeGreaterThan(commands.length);
});

// `record --run` needs a kernel that traces: the tests of record have it.
test.each(EXAMPLES.filter((line) => !line.includes('--run')))('irqreplay %s', (line) => {
  const { status, stderr } = spawnSync('sh', ['-c', `irqreplay ${line}`], { cwd: folder, env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` }, encoding: 'utf8' });
  // the recording at hand may be shorter than the one that an example is about
  const told = stderr.replace(/^irqreplay: cut .*: no event is selected\n/, '');
  expect({ done: status === 0 || status === 1, stderr: told }).toEqual({ done: true, stderr: '' });
});
