// Speed of reading trace.dat, versions 6 and 7, as a ratio of CPU time against `trace-cmd report > /dev/null` of the same file in the same run.
// usage: npm run bench:dat -- [--times N] FILE.dat...   each is converted to both versions, with its records N times (default 10)

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cli, median, node, traceCmd } from './measure.mjs';

const RUNS = 3;
const args = process.argv.slice(2);
const at = args.indexOf('--times');
const times = at < 0 ? 10 : Number(args.splice(at, 2)[1]);
const scratch = mkdtempSync(join(tmpdir(), 'irqreplay-bench-'));

function convert(from, to, version, compression) {
  const { status, stderr } = spawnSync('trace-cmd', ['convert', '-i', from, '-o', to, '--file-version', version, '--compression', compression]);
  if (status !== 0) throw new Error(`trace-cmd convert ${from}: ${stderr}`);
}

function bothVersions(file) {
  const once = join(scratch, 'once.dat');
  const six = join(scratch, 'v6.dat');
  const seven = join(scratch, 'v7.dat');
  convert(file, once, '6', 'none');
  node(join(dirname(cli), '../bench/repeat.mjs'), once, String(times), six);
  convert(six, seven, '7', 'zstd');
  return [
    ['6', six],
    ['7, zstd', seven],
  ];
}

/** Alternating runs, so that a change of load meets all of them. */
function compare(file) {
  const all = { info: [], check: [], report: [] };
  for (let run = 0; run < RUNS; run++) {
    all.info.push(node(cli, 'info', '--no-progress', '--format', 'json', file));
    all.check.push(node(cli, 'check', '--no-progress', '--format', 'json', file));
    all.report.push(traceCmd(file));
  }
  const cpu = Object.fromEntries(Object.entries(all).map(([name, runs]) => [name, median(runs.map((r) => r.cpu))]));
  const [{ stream }] = JSON.parse(all.info[0].out);
  return { cpu, records: stream.lines, rss: Math.max(...all.check.map((r) => r.rss)) };
}

function row(file, version, dat) {
  const { cpu, records, rss } = compare(dat);
  const ratio = (seconds) => `${seconds.toFixed(2)} (${(seconds / cpu.report).toFixed(2)})`;
  const name = `${basename(dirname(file))}, ${times} times`;
  const megabytes = (statSync(dat).size / 1e6).toFixed(0);
  return `| ${name} | ${version} | ${records.toLocaleString('en')} | ${megabytes} | ${cpu.report.toFixed(2)} | ${ratio(cpu.info)} | ${ratio(cpu.check)} | ${rss.toFixed(0)} |\n`;
}

try {
  if (spawnSync('trace-cmd', ['--version']).error !== undefined) process.stdout.write('trace-cmd is not installed: nothing to compare with, nothing measured\n');
  else {
    process.stdout.write(`Node ${process.version}, medians of ${RUNS} alternating runs, CPU time (user and system) with start-up; in brackets the ratio to trace-cmd report\n\n`);
    process.stdout.write('| recording | version | records | MB | trace-cmd report, s | info, s | check, s | check, peak MiB |\n|---|---|---|---|---|---|---|---|\n');
    for (const file of args) for (const [version, dat] of bothVersions(file)) process.stdout.write(row(file, version, dat));
  }
} finally {
  rmSync(scratch, { recursive: true });
}
