// A narrow terminal breaks lines by itself: nothing is laid out anew for it, so that no number is cut off.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CLI, recording } from './built.js';

const ROUTES = ['raw.txt', 'ioctl.jsonl'].map((name) => recording(`kvm-a07-route-changes/${name}`)).join(' ');
const LEVEL = recording('kvm-b03m-resample/raw.txt');
const env = { ...process.env, NO_COLOR: '1' };

/** In a terminal of so many columns (util-linux script), which ends lines by CR LF. */
function inTerminal(command: string, columns: number): string {
  const { stdout } = spawnSync('script', ['-qec', `stty cols ${columns} rows 40; ${command} 2> /dev/null`, '/dev/null'], { encoding: 'utf8', env, maxBuffer: 1e8 });
  return stdout.replaceAll('\r\n', '\n');
}

describe.each([
  [`check ${ROUTES}`],
  [`why ${ROUTES}`],
  [`follow ${LEVEL} gsi:10`],
  [`state ${LEVEL}`],
  [`stats ${LEVEL}`],
  [`coverage ${LEVEL}`],
  [`info ${LEVEL}`],
  ['rules'],
])('%s', (words) => {
  test('a terminal of 60 columns gets what a pipe gets', () => {
    const command = `${process.execPath} ${CLI} ${words}`;
    const piped = spawnSync('bash', ['-c', `${command} 2> /dev/null`], { encoding: 'utf8', env, maxBuffer: 1e8 }).stdout;
    expect(piped.length).toBeGreaterThan(100);
    expect(inTerminal(command, 60)).toBe(piped);
  });
});

test('help is laid out for the terminal', () => {
  const help = inTerminal(`${process.execPath} ${CLI} check --help`, 60);
  expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});
