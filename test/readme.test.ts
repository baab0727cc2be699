// What the README claims: its tables of rules and commands are those of the program, its example is real output.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RULES } from '../src/rules/index.js';

const ROOT = new URL('..', import.meta.url).pathname;
const readme = readFileSync(`${ROOT}README.md`, 'utf8');

/** First cells of the table under a heading. */
function firstCells(heading: string): string[] {
  const section = readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| ')).slice(1).map((line) => line.split(' | ')[0]?.slice(2) ?? '');
}

test('the table of rules is the list of rules', () => {
  const rows = RULES.map(({ id, severity, class: cls, summary }) => `| [${id}](docs/rules/${id}.md) | ${severity} | ${cls} | ${summary} |`);
  const section = readme.split('## Rules\n')[1]?.split('\n## ')[0] ?? '';
  expect(section.split('\n').filter((line) => line.startsWith('| ['))).toEqual(rows);
});

test('the table of commands is what the program offers', () => {
  const help = execFileSync(process.execPath, ['dist/cli.js', '--help'], { cwd: ROOT, encoding: 'utf8' });
  const offered = [...help.matchAll(/^ {2}irqreplay (\w+)/gm)].map((match) => match[1]).sort();
  expect(firstCells('Commands').map((cell) => /irqreplay (\w+)/.exec(cell)?.[1]).sort()).toEqual(offered);
});

const EXAMPLES = [...readme.matchAll(/```\n\$ irqreplay (.*)\n([\s\S]*?)```/g)].map(([, command = '', shown = '']) => [command, shown] as const);

test('there are three examples', () => {
  expect(EXAMPLES.length).toBe(3);
});

test.each(EXAMPLES)('the example is what the program prints: %s', (command, shown) => {
  const { stdout } = spawnSync('bash', ['-c', `node dist/cli.js ${command}`], { cwd: ROOT, encoding: 'utf8' });
  const printed = stdout.split('\n').map((line) => line.slice(0, 220));
  expect(shown.trimEnd().split('\n').length).toBeGreaterThan(8);
  expect(printed.slice(0, shown.trimEnd().split('\n').length)).toEqual(shown.trimEnd().split('\n'));
});
