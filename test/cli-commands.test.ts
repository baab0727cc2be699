// The command line as a whole: what it refuses, the smaller commands, what start-up costs.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Info } from '../src/report/json-schema.js';
import { RULES } from '../src/rules/index.js';
import { CLI, LEVEL, lines, recording, ROOT, RULE, workbench } from './built.js';

const { run } = workbench();

describe('what cannot be done is told in one line, exit code 2', () => {
  test.each([
    [[], 'no command given'],
    [['masked.irq'], 'Unknown command: masked.irq'],
    [['check'], 'no recording given: name a file, or - for standard input'],
    [['check', 'nowhere.txt'], 'cannot read nowhere.txt: no such file'],
    [['check', '.'], 'cannot read .: is a directory'],
    [['check', 'empty'], 'empty:1: found "", expected a recording; this file is empty'],
    [['check', '-'], 'this file is empty'],
    [['check', 'shopping-list'], 'shopping-list:1: found "milk", expected a recording in one of the formats'],
    [['check', '-', '-'], 'standard input (-) can be read once only'],
    [['check', 'masked.irq', '--fromat', 'json'], 'Unknown argument: fromat'],
    [['check', 'masked.irq', '--format', 'xml'], 'Given: "xml", Choices: "pretty", "json"'],
    [['check', 'masked.irq', '--format', 'json', '--format', 'json'], '--format is given more than once'],
    [['check', 'masked.irq', '--format'], 'Not enough arguments following: format'],
    [['check', 'masked.irq', '--rule', 'ioapic/deliver-while-maskd'], `there is no rule ioapic/deliver-while-maskd (nearest: ${RULE}`],
    [['check', 'masked.irq', '--rule', 'deliver-while-masked'], `(nearest: ${RULE}`],
    [['check', 'masked.irq', '--max-findings', 'few'], '--max-findings: expected a whole number'],
    [['check', 'masked.irq', '--from', 'noon'], '--from noon: expected seconds since the first event (12.5)'],
    [['check', 'masked.irq', '--from', '2', '--to', '1'], '--from is later than --to'],
    [['check', '-', '--to', '10%'], 'need a file that can be read twice, which - is not'],
    [['check', 'timeless.irq', '--from', '1'], '--from and --to need times, and this recording has none'],
    [['check', 'ticks.txt', '--to', '1'], 'ticks.txt has times in an unknown unit: give --from and --to in percent'],
    [['check', 'masked.irq', '--set', 'stormM=2'], 'nearest: stormN'],
    [['check', 'masked.irq', '--set', 'stormN=two'], 'found "stormN=two", expected stormN= with an integer'],
    [['check', 'masked.irq', '--set', 'storm'], '--set storm: expected KEY=VALUE'],
    [['check', 'masked.irq', 'timeless.irq'], 'to put several streams in order'],
    [['check', 'masked.irq', 'healthy.irq', '--offset', 'masked.irq=soon'], '--offset masked.irq=soon: expected FILE=+1.5s'],
    [['check', 'masked.irq', 'healthy.irq', '--offset', 'other.irq=1s'], 'that file is not among those to read'],
    [['check', 'masked.irq', '-', '--offset', 'masked.irq=auto'], '--offset FILE=auto needs files that can be read twice, which - is not'],
    [['check', 'masked.irq', 'healthy.irq', '--offset', 'masked.irq=auto'], 'nothing that both it and another file show fits at one distance only'],
    [['explain', 'no/such-rule'], 'there is no rule no/such-rule'],
    [['explain'], 'Not enough non-option arguments'],
    [['rules', 'all'], 'Unknown command: all'],
    [['record', '--target', 'mips'], 'Choices: "x86-kvm", "arm64-kvm", "vfio", "qemu"'],
    [['record', '--kernel', 'new'], '--kernel new: expected a version of Linux as uname -r prints it (6.1)'],
    [['record', '--buffer', '1'], '--buffer: expected a whole number of kB'],
    [['record', '--target', 'qemu', '--tool', 'perf'], '--tool perf: QEMU logs itself'],
    [['record', '--', 'true'], 'a command is run only with --run'],
    [['record', '--run'], 'no command to run'],
    [['record', '--run', '--tool', 'perf', '--', 'true'], '--run records through tracefs'],
    [['record', '--run', '--output', 'masked.irq', '--', 'true'], 'masked.irq is there already'],
    [['record', '--run', '--output', 'nowhere/trace.txt', '--', 'true'], 'cannot write nowhere/trace.txt (--output): no such folder'],
    [['record', '--run', '--tracefs', 'nowhere', '--', 'true'], 'nowhere is no tracefs that may be used'],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = run(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^irqreplay: .*\n$/);
    expect(stderr).toContain(message);
  });
});

describe('other commands', () => {
  test('rules lists every rule', () => {
    const { status, stdout } = run(['rules']);
    expect(status).toBe(0);
    for (const { id, severity } of RULES) expect(stdout).toMatch(new RegExp(`^${id} +${severity} `, 'm'));
    const listed: { id: string }[] = JSON.parse(run(['rules', '--format', 'json']).stdout);
    expect(listed.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
  });

  test('explain prints the page', () => {
    expect(run(['explain', RULE])).toMatchObject({ status: 0, stdout: readFileSync(join(ROOT, `docs/rules/${RULE}.md`), 'utf8') });
  });

  test.each([['x86-kvm', 'trace-cmd'], ['arm64-kvm', 'tracefs'], ['vfio', 'perf'], ['x86-kvm', 'bpftrace']])('record prints a script: %s, %s', (target, tool) => {
    const { status, stdout } = run(['record', '--target', target, '--tool', tool, '--kernel', '6.1']);
    expect(status).toBe(0);
    expect(spawnSync('sh', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^kvm\/kvm_set_irq$/m);
    expect(stdout).toMatch(/mono|CLOCK_MONOTONIC/);
  });

  test('record prints how QEMU logs', () => {
    const { stdout } = run(['record', '--target', 'qemu']);
    expect(spawnSync('sh', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    expect(stdout).toContain('"$@" -msg timestamp=on -D qemu.log -trace events=irq-events.txt\n');
  });

  test('coverage maps the hops', () => {
    const { status, stdout } = run(['coverage', 'masked.irq']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^controller +shown +ioapic\.rte ×2, ioapic\.in ×1, ioapic\.deliver ×1$/m);
    expect(stdout).toMatch(/^eventfd +not shown +fd\.\*, efd\.\*$/m);
    const { hops } = JSON.parse(run(['coverage', 'masked.irq', '--format', 'json']).stdout);
    expect(hops.map(({ hop }: { hop: string }) => hop).slice(1)).toEqual(['device', 'eventfd', 'irqfd', 'route', 'controller', 'vCPU', 'EOI']);
  });

  test('info counts lines, events and kinds; the files need not belong together', () => {
    const { status, stdout } = run(['info', LEVEL, 'timeless.irq', '--format', 'json']);
    const [level, timeless] = JSON.parse(stdout);
    const kinds = readFileSync(LEVEL, 'utf8').match(/^(?:[@\w]+=?\S* )*?(?=(?:kvm|efd|apic|cpu|meta|msix|ioapic)\.)/gm);
    expect(status).toBe(0);
    expect(level.stream).toMatchObject({ format: 'irq', lines: lines(LEVEL).length });
    expect(Object.values<number>(level.kinds).reduce((a, b) => a + b, 0)).toBe(kinds?.length);
    expect(timeless).not.toHaveProperty('begin');
    expect(timeless).toMatchObject({ span: 0, kinds: { 'ioapic.rte': 2, 'ioapic.in': 1, 'ioapic.deliver': 1 } });
    expect(run(['info', 'masked.irq']).stdout).toContain('4 recorded events, 4 events to replay, from 0.000000 s over 3 ms\n');
  });

  test.each([
    ['an uptime', 'tracefs/steps.txt', '5.768509', '5.768509 s'],
    ['an uptime in ns', 'trace-dat/steps.v6.dat', '5.768898872', '5.768898872 s'],
    ['a wall clock', 'qemu-simple/q-e1000e.log.gz', '2026-11-21T01:18:17.687333Z', '2026-11-21T01:18:17.687333Z'],
    ['ticks', 'trace-cmd/tsc.txt', '689185099458', '689185099458'],
  ])('info says when the first event to replay was, by %s', (_, file, begin, shown) => {
    const path = join(ROOT, 'traces/formats', file);
    const [contents] = Info.parse(JSON.parse(run(['info', path, '--format', 'json']).stdout));
    expect(contents).toMatchObject({ begin });
    expect(run(['info', path]).stdout).toContain(` to replay, from ${shown} over `);
  });

  test('--help and --version', () => {
    expect(run(['--help'])).toMatchObject({ status: 0, stderr: '' });
    expect(run(['check', '--help']).stdout).toContain('--max-findings');
    const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(run(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  test('info counts what a trace holds, by the names its recorder gave', () => {
    const path = recording('kvm-a01-msi-irqfd/raw.txt');
    const [{ recorded }] = JSON.parse(run(['info', path, '--format', 'json']).stdout);
    const names = lines(path).flatMap((line) => /: (kvm_\w+): /.exec(line)?.[1] ?? []);
    expect(Object.values<number>(recorded).reduce((a, b) => a + b, 0)).toBe(names.length);
    expect(Object.keys(recorded).sort()).toEqual([...new Set(names)].sort());
  });

  test.each([
    ['kvm-x1-local-clock/raw.txt', ['kvm_emulate_insn', 'kvm_fpu', 'kvm_track_tsc', 'kvm_write_tsc_offset'], ['kvm_eoi', 'kvm_msi_set_irq', 'kvm_mmio']],
    ['kvm-x1-local-clock/ioctl.jsonl', ['KVM_SET_REGS', 'KVM_SET_SREGS', 'KVM_SET_USER_MEMORY_REGION', 'guest', 'guest_result'], ['KVM_IRQFD', 'eventfd', 'state']],
  ])('info tells what of %s is not used, as its schema says', (name, unread, used) => {
    const [contents] = Info.parse(JSON.parse(run(['info', recording(name), '--format', 'json']).stdout));
    expect(contents?.unread).toEqual(expect.arrayContaining(unread));
    expect(Object.keys(contents?.recorded ?? {})).toEqual(expect.arrayContaining([...unread, ...used]));
    for (const each of used) expect(contents?.unread).not.toContain(each);
    expect(run(['info', recording(name)]).stdout).toMatch(new RegExp(`^${unread[0]} \\(not used\\) `, 'm'));
  });
});

/** Files that a built file loads before it runs. */
function loaded(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/^(?:import|export) (?:[^'"]*? from )?['"]([^'"]+)['"];$/gm)) {
    if (name.startsWith('.')) loaded(join(path, '..', name), seen);
    else seen.add(name);
  }
  return seen;
}

describe('start-up', () => {
  const name = /import\("\.\/(commands\/check-[^"]+)"\)/.exec(readFileSync(CLI, 'utf8'))?.[1] ?? 'no chunk for check';
  const files = [...loaded(CLI), ...loaded(join(ROOT, 'dist', name))];
  const own = files.filter((file) => file.startsWith(ROOT));

  test('check needs nothing but Node and its own files, and no zod', () => {
    expect(files.filter((file) => !file.startsWith(ROOT) && !isBuiltin(file))).toEqual([]);
    expect(own.some((file) => readFileSync(file, 'utf8').includes('yargsParser'))).toBe(true);
  });

  test('check loads a few files in place of one for each module', () => {
    expect(own.length).toBeGreaterThan(2);
    expect(own.length).toBeLessThan(25);
  });
});
