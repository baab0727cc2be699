// Speed of `check` on text recordings as a ratio of CPU time against named baselines in the same run.
// usage: npm run bench [-- [--events N] [FILE.txt [FILE.dat]]...]   a .dat beside a text is also given to `trace-cmd report`, where installed

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUNS = 5;
const here = new URL('.', import.meta.url).pathname;
const cli = join(here, '../dist/cli.js');
const args = process.argv.slice(2);
const at = args.indexOf('--events');
const events = at < 0 ? 2_000_000 : Number(args.splice(at, 2)[1]);
const scratch = mkdtempSync(join(tmpdir(), 'irqreplay-bench-'));

/** CPU seconds and peak MiB of one run of a Node script. */
function node(script, ...rest) {
  const { output, status, stderr } = spawnSync(process.execPath, ['--import', join(here, 'usage.mjs'), script, ...rest], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 30,
  });
  if (status !== 0 && status !== 1) throw new Error(`${script} ${rest.join(' ')}: ${stderr}`);
  const { cpu, rss } = JSON.parse(output[3].toString());
  return { cpu: cpu / 1e6, rss: rss / 1024, out: output[1].toString() };
}

function traceCmd(file) {
  const { stderr, status } = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time trace-cmd report "$1" > /dev/null 2>&1', 'bench', file]);
  if (status !== 0) return undefined;
  const [user, system] = stderr.toString().trim().split(' ').map(Number);
  return { cpu: user + system, rss: Number.NaN };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Alternating runs, so that a change of load meets all of them. */
function compare(text, dat) {
  const all = { newlines: [], check: [], 'trace-cmd report': [] };
  let lines = 0;
  for (let run = 0; run < RUNS; run++) {
    const loop = node(join(here, 'newlines.mjs'), text);
    lines = Number(loop.out);
    all.newlines.push(loop);
    all.check.push(node(cli, 'check', '--no-progress', '--format', 'json', text));
    const peer = dat === undefined ? undefined : traceCmd(dat);
    if (peer !== undefined) all['trace-cmd report'].push(peer);
  }
  const cpu = Object.fromEntries(Object.entries(all).map(([name, runs]) => [name, median(runs.map((r) => r.cpu))]));
  return { lines, cpu, rss: Math.max(...all.check.map((r) => r.rss)) };
}

function report(name, text, dat) {
  const { lines, cpu, rss } = compare(text, dat);
  const megabytes = statSync(text).size / 1e6;
  const peer = cpu['trace-cmd report'];
  process.stdout.write(
    `| ${name} | ${lines.toLocaleString('en')} | ${megabytes.toFixed(0)} | ${cpu.check.toFixed(2)} | ${Math.round(lines / cpu.check).toLocaleString('en')} | ${rss.toFixed(0)} | ` +
      `${(cpu.check / cpu.newlines).toFixed(1)} (${cpu.newlines.toFixed(3)} s) | ${peer === undefined ? '-' : `${(cpu.check / peer).toFixed(2)} (${peer.toFixed(2)} s)`} |\n`,
  );
}

process.stdout.write(`Node ${process.version}, medians of ${RUNS} alternating runs, CPU time (user and system) with start-up\n\n`);
process.stdout.write('| recording | lines | MB | check, s | lines/s | peak MiB | ratio to newline loop | ratio to trace-cmd report |\n|---|---|---|---|---|---|---|---|\n');
try {
  const generated = join(scratch, 'generated.txt');
  execFileSync(process.execPath, [join(here, 'generate.mjs'), String(events), generated]);
  report(`generated, ${events.toLocaleString('en')} events`, generated);
  for (let i = 0; i < args.length; i++) {
    const dat = args[i + 1]?.endsWith('.dat') ? args[i + 1] : undefined;
    report(args[i].split('/').slice(-2).join('/'), args[i], dat);
    if (dat !== undefined) i++;
  }
} finally {
  rmSync(scratch, { recursive: true });
}
