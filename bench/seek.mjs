// What a moment of a recording costs: CPU time of `state --at` from an index, median of 20 random moments, as a ratio to the replay of the whole
// recording in the same run; start-up is in both.
// usage: npm run bench:seek -- FILE...

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cli, median, node } from './measure.mjs';

const MOMENTS = 20;
const RUNS = 3;
const scratch = mkdtempSync(join(tmpdir(), 'irqreplay-seek-'));
const index = join(scratch, 'index');
const state = (...args) => node(cli, 'state', '--no-progress', '--format', 'json', ...args);
const eventsOf = (file) => JSON.parse(node(cli, 'check', '--no-progress', '--format', 'json', file).out).events;

function row(file) {
  const events = eventsOf(file);
  const made = state(file, '--at', '#0', '--index', index);
  const whole = [];
  const seeks = [];
  for (let n = 0; n < MOMENTS; n++) {
    if (n % Math.ceil(MOMENTS / RUNS) === 0) whole.push(state(file));
    seeks.push(state(file, '--at', `#${Math.floor(Math.random() * events)}`, '--index', index));
  }
  const [replay, seek] = [whole, seeks].map((runs) => median(runs.map(({ cpu }) => cpu)));
  const megabytes = (path) => (statSync(path).size / 1e6).toFixed(1);
  const name = basename(dirname(file));
  return `| ${name} | ${events.toLocaleString('en')} | ${replay.toFixed(2)} | ${seek.toFixed(2)} (${(seek / replay).toFixed(2)}) | ${made.cpu.toFixed(2)} | ${made.rss.toFixed(0)} | ${megabytes(file)} | ${megabytes(index)} |\n`;
}

try {
  process.stdout.write(`Node ${process.version}, CPU time (user and system) with start-up; in brackets the ratio to the whole replay\n\n`);
  process.stdout.write('| recording | events | whole replay, s | a moment, s | making the index, s | making it, peak MiB | recording, MB | index, MB |\n|---|---|---|---|---|---|---|---|\n');
  for (const file of process.argv.slice(2)) process.stdout.write(row(file));
} finally {
  rmSync(scratch, { recursive: true });
}
