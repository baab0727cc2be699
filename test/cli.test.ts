// `irqreplay check` as a user runs it: verdicts, exit codes, what goes to which stream, pipes and signals.

import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Report } from '../src/report/json-schema.js';
import { RULES } from '../src/rules/index.js';
import { CLI, LEVEL, lines, MASKED, recording, RULE, workbench } from './built.js';

const { folder, run } = workbench();

describe('check', () => {
  test('a breach: verdict first, exit code 1, nothing on standard error', () => {
    const { status, stdout, stderr, first } = run(['check', 'masked.irq', '--rule', RULE]);
    expect({ status, stderr, first }).toEqual({ status: 1, stderr: '', first: 'violated: 1 violation in 4 events over 3 ms' });
    expect(stdout).toContain('  masked.irq:4: IOAPIC pin 10 delivered vector 65 while its redirection entry is masked\n');
    expect(stdout).not.toContain('\x1b');
  });

  test('no breach: exit code 0', () => {
    const { status, first } = run(['check', 'healthy.irq', '--rule', RULE]);
    expect({ status, first }).toEqual({ status: 0, first: 'held: no finding in 4 events over 3 ms' });
  });

  test('standard input, odd file names, options behind and before', () => {
    const { stdout } = run(['check', 'masked.irq']);
    expect(run(['check', '-'], { input: MASKED }).stdout).toBe(stdout.replaceAll('masked.irq', '-'));
    expect(run(['check', '--', '-w']).stdout).toContain('./-w:4: IOAPIC pin 10');
    expect(run(['check', '123']).stdout).toContain('  123:4: IOAPIC pin 10');
    expect(run(['check', '--rule', RULE, 'masked.irq']).status).toBe(1);
  });

  test('compressed files say the same as plain ones', () => {
    const plain = run(['check', LEVEL, '--severity', 'info']).stdout;
    for (const ending of ['.gz', '.zst']) {
      cpSync(`${LEVEL}${ending}`, join(folder, 'level'));
      expect(run(['check', 'level', '--severity', 'info']).stdout).toBe(plain.replaceAll(LEVEL, 'level'));
      expect(run(['check', '-', '--severity', 'info'], { input: readFileSync(`${LEVEL}${ending}`) }).stdout).toBe(plain.replaceAll(LEVEL, '-'));
    }
  });

  test('--format json is what the schema describes', () => {
    const { status, stdout } = run(['check', 'masked.irq', '--format', 'json']);
    const report = Report.parse(JSON.parse(stdout));
    expect(status).toBe(1);
    expect(report.rules.map(({ rule }) => rule)).toEqual(RULES.map(({ id }) => id));
    expect(report).toMatchObject({ verdict: 'violated', events: 4, span: 3_000_000, complete: true });
    expect(report.findings.map(({ rule, count }) => ({ rule, count }))).toContainEqual({ rule: RULE, count: 1 });
  });

  test('--fail-on, --max-findings, --from, --to', () => {
    const only = ['--rule', RULE];
    expect(run(['check', 'healthy.irq', '--fail-on', 'undecided', ...only]).status).toBe(0);
    expect(run(['check', 'masked.irq', '--to', '0.001', '--fail-on', 'undecided', ...only]).status).toBe(1);
    expect(run(['check', 'masked.irq', '--to', '0.001', ...only]).first).toBe('undecided: no finding in 3 events over 2 µs');
    expect(run(['check', 'masked.irq', '--to', '99%', ...only]).first).toBe('undecided: no finding in 3 events over 2 µs');
    expect(run(['check', 'masked.irq', '--from', '0.001', ...only]).first).toBe('undecided: no finding in 1 event');
    expect(run(['check', 'masked.irq', '--max-findings', '0', ...only]).stdout).toContain('\n1 finding more, not shown');
  });

  test('times of an unknown unit are ticks, and can be cut in percent', () => {
    expect(run(['check', 'ticks.txt']).first).toBe('held: no finding in 3 events over 1,000 ticks');
    expect(run(['check', 'ticks.txt', '--to', '50%']).first).toBe('held: no finding in 2 events over 128 ticks');
  });

  test('--set is a fact about the machine', () => {
    expect(run(['check', 'masked.irq', '--set', 'stormN=5', '--set', 'irqchip=full', '--rule', RULE]).first).toBe(
      'violated: 1 violation in 4 events over 3 ms',
    );
  });

  test('colour is for terminals, and for those who ask', () => {
    expect(run(['check', 'masked.irq'], { env: { FORCE_COLOR: '1' } }).stdout).toContain('\x1b[31mviolation\x1b[39m');
    expect(run(['check', 'masked.irq'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain('\x1b');
  });

  test('a recording that breaks off: what it held is reported, then the place', () => {
    const { status, first, stderr } = run(['check', 'broken.irq', '--rule', RULE]);
    expect({ status, first }).toEqual({ status: 2, first: 'violated: 1 violation in 4 events over 3 ms; cut short, the rest was not looked at' });
    expect(stderr).toMatch(/^irqreplay: broken\.irq:5: found "pin=ten", expected pin= with an integer.*\n$/);
  });
});

describe('recordings of real machines', () => {
  const raw = recording('kvm-a01-msi-irqfd/raw.txt');
  const ioctl = recording('kvm-a01-msi-irqfd/ioctl.jsonl');

  test('a kernel trace and the log of the calls are one run', () => {
    const { status, stdout } = run(['check', raw, ioctl, '--format', 'json']);
    const { verdict, findings, streams } = Report.parse(JSON.parse(stdout));
    expect({ status, verdict, findings }).toEqual({ status: 0, verdict: 'held', findings: [] });
    expect(streams.map(({ file, lines: n }) => ({ file, n }))).toEqual([raw, ioctl].map((path) => ({ file: path, n: lines(path).length })));
  });

  test('files with different clocks are refused', () => {
    const { status, stdout, stderr } = run(['check', recording('kvm-x1-local-clock/raw.txt'), recording('kvm-x1-local-clock/ioctl.jsonl')]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('expected the same clock');
  });

  test('a line that cannot be read is a counted loss, not an error', () => {
    const damaged = [...lines(raw), lines(raw).at(-1)?.replace(/apicid \d+/, 'apicid x')].join('\n');
    const { status, stdout } = run(['check', '-'], { input: damaged });
    expect(status).toBe(0);
    expect(stdout).toContain(`  lost or not readable at 1 place, at least 1 event\n    -:${lines(raw).length + 1}  `);
  });
});

describe('pipes and signals', () => {
  test.each([
    ['check', ['masked.irq'], 1],
    ['convert', ['masked.irq', '-o', '-'], 0],
  ])('a reader that leaves early is no error: %s', async (command, words, code) => {
    const child = spawn(process.execPath, [CLI, command, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let talk = '';
    child.stderr.on('data', (data: Buffer) => (talk += data.toString()));
    const status = await new Promise((done) => child.on('close', done));
    expect({ status, talk }).toEqual({ status: code, talk: '' });
  });

  test('Ctrl-C prints what was checked so far and exits with 130', async () => {
    const child = spawn(process.execPath, [CLI, 'check', '-', '--rule', RULE], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const ended = new Promise((done) => child.on('close', done));
    // more than a pipe holds, so that most of it has been read when it is written; then silence
    await new Promise((done) => child.stdin.write(MASKED + 'cpu.enter cpu=0\n'.repeat(60_000), done));
    await new Promise((done) => setTimeout(done, 300));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(stdout).toMatch(/^violated: 1 violation in [\d,]+ events.*; cut short, the rest was not looked at\n/);
  });

  test('Ctrl-C leaves no baseline of a half', async () => {
    const child = spawn(process.execPath, [CLI, 'check', '-', '--rule', RULE, '--write-baseline'], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let talk = '';
    child.stderr.on('data', (data: Buffer) => (talk += data.toString()));
    const ended = new Promise((done) => child.on('close', done));
    await new Promise((done) => child.stdin.write(MASKED + 'cpu.enter cpu=0\n'.repeat(60_000), done));
    await new Promise((done) => setTimeout(done, 300));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(talk).toBe('irqreplay.config.json: no baseline of a check that was interrupted\n');
    expect(existsSync(join(folder, 'irqreplay.config.json'))).toBe(false);
  });
});
