// Speed of `check` on text recordings as a ratio of CPU time against named baselines in the same run.
// usage: npm run bench [-- [--events N] [FILE.txt [FILE.dat]]...]   a .dat beside a text is also given to `trace-cmd report`, where installed

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, median, node, traceCmd } from './measure.mjs';

const RUNS = 5;
const here = new URL('.', import.meta.url).pathname;
const args = process.argv.slice(2);
const at = args.indexOf('--events');
const events = at < 0 ? 2_000_000 : Number(args.splice(at, 2)[1]);
const scratch = mkdtempSync(join(tmpdir(), 'irqreplay-bench-'));

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
