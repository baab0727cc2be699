// The commands beyond check: latency and ways, CI forms, minimising, comparing.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLI, lines, recording, RULE, workbench } from './built.js';

const { folder, run } = workbench();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('stats and follow', () => {
  const FILE = recording('kvm-b03m-resample/raw.txt');

  test('stats counts the interrupts that ended, and times them', () => {
    const { status, stdout } = run(['stats', FILE, '--format', 'json']);
    const { all, of }: { all: { ended: number; whole: { count: number } }; of: Record<string, { interrupts: number }> } = JSON.parse(stdout);
    expect(status).toBe(0);
    // three EOIs in the trace, all of GSI 10
    expect(all).toMatchObject({ ended: 3, whole: { count: 3 } });
    expect(of['gsi:10']?.interrupts).toBeGreaterThanOrEqual(3);
    expect(run(['stats', FILE]).stdout).toContain('3 ended');
  });

  test('stats counts what two logs of one run must tell as often', () => {
    const [trace, log] = ['trace.txt.gz', 'qemu.log.gz'].map((file) => recording(`arm-cut-gicv2-irqfd/${file}`));
    const both = ['stats', `${trace}`, `${log}`, '--offset', `${log}=-1795219643.677834s`];
    expect(run(both).stdout).toMatch(/^list registers populated by KVM +168 +the same +.*trace\.txt\.gz\n {2}list registers written +168 +/m);
    const { ties } = JSON.parse(run([...both, '--format', 'json']).stdout);
    // the log begins while the trace shows the machine at work
    expect(ties).toMatchObject([{ n: 168, sameAs: [{ n: 168 }], lossy: true }, { what: 'maintenance interrupts', n: 2, file: log, sameAs: [{ n: 2, file: trace }] }]);
  });

  test('follow shows the way, one line a hop', () => {
    const { status, stdout } = run(['follow', FILE, 'gsi:10', '--slowest', '1']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^#\d+ .*gsi:10 .*pin:ioapic\/10/);
    expect(stdout).toMatch(/^ +\+[\d.]+ (?:ns|µs|ms) +accepted +raw\.txt:\d+ /m);
    expect(run(['follow', FILE, 'gsi:99']).status).toBe(1);
  });

  test('follow tells how far an interrupt came that was lost', () => {
    const life = (id: number, more: string): string => `@${id}000 tid=1 apic.accept cpu=0 vec=65 trig=edge dm=0\n${more}`;
    const taken = '@1500 tid=2 cpu.inject cpu=0 vec=65\n@1700 tid=2 apic.eoi cpu=0 vec=65\n';
    writeFileSync(join(folder, 'lost.irq'), `${life(1, taken)}${life(2, '')}@9000 meta.end\n`);
    expect(run(['follow', 'lost.irq', 'vector:65']).stdout).toContain('#1  vector:65@cpu0  no further than accepted in the 7 µs until the end, 1 other went on to taken');
  });

  test('follow finding:N shows the lives that a finding is about', () => {
    const files = ['raw.txt', 'ioctl.jsonl'].map((name) => recording(`kvm-a07-route-changes/${name}`));
    const { status, stdout } = run(['follow', ...files, 'finding:1']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^#\d+ {2}irqfd:9 {2}gsi:24 .*\n +signalled +ioctl\.jsonl:22 /);
    expect(run(['follow', ...files, 'irqfd:9']).stdout).toContain('ioctl.jsonl:22');
    const events = ['ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=0 dst=0 logical=0', 'ioapic.in pin=10 level=1', 'ioapic.deliver pin=10 vec=0x41', 'apic.accept cpu=0 vec=0x41 trig=level dm=0', 'apic.accept cpu=0 vec=0xec trig=edge dm=0', 'cpu.inject cpu=0 vec=0x41', 'apic.eoi cpu=0 vec=0x41', 'cpu.inject cpu=0 vec=0xec'];
    writeFileSync(join(folder, 'unended.irq'), ['meta.start state=reset', 'meta.chan chan=* cover=full', ...events.map((event, at) => `@${at}000 on=0 tid=7 ${event}`), ''].join('\n'));
    expect(run(['check', 'unended.irq']).stdout).toMatch(/violation {2}ioapic\/eoi-not-forwarded {2}pin:ioapic\/10\n[^]*> unended.irq:10 /);
    // the next vector that the CPU took proves it, but has nothing to do with it
    expect(run(['follow', 'unended.irq', 'finding:1']).stdout).toMatch(/^#0 {2}pin:ioapic\/10 {2}vector:65@cpu0 [^#]*$/);
    expect(run(['follow', 'masked.irq', 'finding:2'])).toMatchObject({ status: 2, stderr: expect.stringContaining('check shows 1 finding') });
  });

  test.each([
    [['follow', FILE], 'expected recordings and the thing to follow'],
    [['follow', FILE, 'irq:4'], 'irq:4: expected gsi:10'],
    [['stats', FILE, '--of', 'x'], 'x: expected gsi:10'],
  ])('%j is refused', (args, message) => {
    const { status, stderr } = run(args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('check --expect', () => {
  test.each([
    [RULE, 0],
    [`${RULE} pin:ioapic/10`, 0],
    [`${RULE} pin:ioapic/11`, 1],
    ['ioapic/lost-level', 1],
  ])('%s: %i', (expected, status) => {
    expect(run(['check', 'masked.irq', '--expect', expected]).status).toBe(status);
  });
});

describe('forms of a check', () => {
  test('several at once, each in its file', () => {
    const { status, stdout } = run(['check', 'masked.irq', '--format', 'github', '--output', 'sarif=out.sarif', '--output', 'junit=out.xml']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error file=masked\.irq,line=\d+,title=ioapic\/deliver-while-masked pin%3Aioapic\/10::/);
    expect(read('out.sarif')).toContain('"ruleId": "ioapic/deliver-while-masked"');
    expect(read('out.xml')).toContain('<testcase classname="ioapic" name="deliver-while-masked" time="0"><failure type="violation"');
  });

  test.each(['xml=out', 'sarif', 'sarif='])('--output %s is refused', (output) => {
    expect(run(['check', 'masked.irq', '--output', output])).toMatchObject({ status: 2, stderr: expect.stringContaining('expected FORMAT=FILE') });
  });

  test('a file that cannot be written is named', () => {
    expect(run(['check', 'masked.irq', '--output', 'json=no/such/dir']).stderr).toContain('cannot write no/such/dir (--output json): no such folder');
  });
});

describe('minimise', () => {
  test('writes a litmus test that check flags where it is marked', () => {
    expect(run(['minimise', recording('kvm-a07-route-changes/raw.txt'), recording('kvm-a07-route-changes/ioctl.jsonl'), '-o', 'bug.irq']).status).toBe(0);
    const written = lines(join(folder, 'bug.irq'));
    const marked = written.findIndex((line) => line.endsWith('! route/replaced-live-route'));
    const report: { findings: { rule: string; at: { src: string } }[] } = JSON.parse(run(['check', 'bug.irq', '--format', 'json']).stdout);
    expect(report.findings.map(({ rule, at }) => [rule, at.src])).toContainEqual(['route/replaced-live-route', `bug.irq:${marked + 1} efd.signal`]);
  });

  test('it says how many events it has of how many, and whether what was before is known', () => {
    const text = 'ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\nioapic.deliver pin=10 vec=0x41\nmeta.note text=x\n';
    writeFileSync(join(folder, 'begun.irq'), text);
    expect(run(['minimise', 'begun.irq']).stdout).toContain('\n# 2 of 3 events of begun.irq; the state before them is unknown\n');
    writeFileSync(join(folder, 'reset.irq'), 'meta.start state=reset\nmeta.chan chan=* cover=full\nkvm.set_irq gsi=10 level=1 source=1\nioapic.in pin=10 level=0\nmeta.note text=x\n');
    expect(run(['minimise', 'reset.irq']).stdout).toContain('\n# 4 of 5 events of reset.irq\n');
  });

  test('a finding that there is not is refused', () => {
    expect(run(['minimise', 'masked.irq', '--finding', '9'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--finding 9: check shows 1 finding') });
  });
});

describe('diff', () => {
  const GOOD = 'ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=0\nioapic.deliver pin=10 vec=0x41\n';

  test('of recordings: what is new, and where the two part', () => {
    writeFileSync(join(folder, 'good.irq'), GOOD);
    writeFileSync(join(folder, 'bad.irq'), GOOD.replace('mask=0', 'mask=1'));
    const { status, stdout } = run(['diff', 'good.irq', 'bad.irq', '--fail-on', 'new']);
    expect(status).toBe(1);
    expect(stdout).toContain(`0 gone, 1 new, 0 in both\n  + violation  ${RULE} pin:ioapic/10\n      `);
    expect(stdout).toContain('(bad.irq:2)');
    expect(stdout).toContain('after 0 equal events\n  - good.irq:1  ioapic.rte pin=10 vec=65 dm=0 trig=edge mask=0\n  + bad.irq:1  ioapic.rte');
    expect(run(['diff', 'bad.irq', 'good.irq', '--fail-on', 'new']).status).toBe(0);
    expect(run(['diff', 'good.irq', 'good.irq', '--fail-on', 'any'])).toMatchObject({ status: 0, stdout: expect.stringContaining('The two show the same events to the end.') });
  });

  test('of reports', () => {
    for (const name of ['good', 'bad']) writeFileSync(join(folder, `${name}.json`), run(['check', `${name}.irq`, '--format', 'json']).stdout);
    expect(run(['diff', 'good.json', 'bad.json', '--fail-on', 'new'])).toMatchObject({ status: 1, stdout: expect.stringContaining('0 gone, 1 new') });
    expect(run(['diff', 'good.json', 'bad.json']).stdout).toContain('Reports hold findings only');
    expect(run(['diff', 'good.json', 'bad.irq'])).toMatchObject({ status: 2, stderr: expect.stringContaining('with a report only') });
  });

  const whole = recording('kvm-b02m-level-line/raw.txt');

  test('what tells of the recording itself is no event at which two part; one that begins later is met', () => {
    expect(run(['cut', whole, '--from', '77%', '-o', 'later.irq']).status).toBe(0);
    // the cut leaves out what comes before 1.692 ms: two writes to a redirection entry, and two lines of one to SVR
    for (const [files, said] of [[[whole, 'later.irq'], 'The second begins 4 events into the first'], [['later.irq', whole], 'The first begins 4 events into the second']] as const) {
      const { stdout } = run(['diff', ...files]);
      expect(stdout).toContain(`${said}, with unknown state.\nThe two show the same events to the end.`);
    }
    expect(run(['cut', whole, '--to', '86%', '-o', 'sooner.irq']).status).toBe(0);
    expect(run(['diff', whole, 'sooner.irq']).stdout).toMatch(/after 10 equal events\n {4}\S+raw\.txt:66 .*ioapic\.in.*\n {2}- \S+raw\.txt:74 .*\n {2}\+ the end\n$/);
  });

  test('a side may be several recordings of one run', () => {
    const run2 = (name: string): string => `${recording(`${name}/raw.txt`)},${recording(`${name}/ioctl.jsonl`)}`;
    const { status, stdout } = run(['diff', run2('kvm-b03m-resample'), run2('kvm-a07-route-changes'), '--fail-on', 'new']);
    expect(status).toBe(1);
    // found by the two together: the calls tell the routes, the trace what was dropped
    expect(stdout).toMatch(/\+ violation {2}route\/replaced-live-route gsi:24 {2}×2\n.*\(\S+ioctl\.jsonl:22\)\n/);
    expect(stdout).toMatch(/\+ suspicious route\/unrouted-signal gsi:24 {2}×2\n.*\(\S+raw\.txt:19\)\n/);
    expect(run(['diff', 'good.irq', 'bad.irq', '--offset', 'other.irq=1s'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--offset other.irq=: that file is not among those to read') });
  });

  test('a seeded defect: new findings, and the read that tells', () => {
    const qemu = (name: string): string => recording(`../qemu/${name}.log.gz`);
    const { status, stdout } = run(['diff', qemu('healthy/q-e1000e'), qemu('mutant/msix-no-pending'), '--fail-on', 'new']);
    expect(status).toBe(1);
    expect(stdout).toContain('+ violation  msix/lost-pending msix:0000:00:04.0/4');
    // QEMU's own log: the PBA reads 1 in the unmodified source, 0 with the defect
    expect(stdout).toMatch(/- \S+q-e1000e\.log\.gz:143 .*msix\.pba\.read fn=0000:00:04\.0 base=0 val=0x1\n {2}\+ \S+:143 .*val=0x0\n$/);
  });

  test('a finding that the other cannot show is no news', () => {
    writeFileSync(join(folder, 'blind.irq'), 'apic.eoi cpu=0 vec=65\n');
    expect(run(['diff', 'bad.irq', 'blind.irq']).stdout).toContain('the second shows too little to judge this rule: its silence says nothing');
    expect(run(['diff', 'bad.irq', 'good.irq']).stdout).not.toContain('its silence');
  });

  test('a legal oddity more is no failure', () => {
    const { status, stdout } = run(['diff', recording('kvm-b04m-shared-level/raw.txt'), recording('kvm-b03m-resample/raw.txt'), '--fail-on', 'any']);
    expect(stdout).toContain('+ info       intx/duplicate-assert gsi:10');
    expect(status).toBe(0);
  });

  test('needs two', () => {
    expect(run(['diff', 'good.irq'])).toMatchObject({ status: 2, stderr: expect.stringContaining('expected two recordings') });
  });
});

describe('profiles', () => {
  // an edge while masked, delivered at the unmask
  const EDGE = 'meta.start state=reset\nmeta.chan chan=* cover=full\nioapic.rte pin=4 vec=0x31 dm=0 trig=edge mask=1\nioapic.in pin=4 level=1\nioapic.rte pin=4 vec=0x31 dm=0 trig=edge mask=0\nioapic.deliver pin=4 vec=0x31\n';
  const told = (...args: readonly string[]): string => run(['check', 'edge.irq', '--severity', 'info', '--rule', 'ioapic/edge-after-mask', ...args]).stdout;

  test('without one either way is accepted, with one its own', () => {
    writeFileSync(join(folder, 'edge.irq'), EDGE);
    expect(told()).toMatch(/^undecided: no finding/);
    expect(told('--profile', 'spec')).toMatch(/^undecided: 1 info/);
    // QEMU's chip keeps no request of it
    expect(told('--profile', 'qemu')).toMatch(/^violated: 1 violation/);
  });

  test('--against names where two differ, and what the recording shows of it', () => {
    expect(told('--profile', 'spec', '--against', 'kvm')).toMatch(/spec against kvm: the recording shows nothing in which they differ\nThey differ in:\n {2}whose IOAPIC/);
    expect(run(['check', 'edge.irq', '--against', 'kvm'])).toMatchObject({ status: 2, stderr: expect.stringContaining('give both') });
  });
});

describe('completion', () => {
  test('bash completes commands and options by the script that is printed', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'irqreplay'), `#!/bin/sh\nexec ${process.execPath} ${CLI} "$@"\n`);
    chmodSync(join(bin, 'irqreplay'), 0o755);
    const complete = (...words: readonly string[]): string[] => {
      const script = `source <(irqreplay completion); COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _irqreplay_yargs_completions; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', script], { env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}`, SHELL: '/bin/bash' }, encoding: 'utf8' }).stdout.trim().split('\n');
    };
    expect(complete('irqreplay', 'mini')).toEqual(['minimise']);
    expect(complete('irqreplay', 'check', '--seve')).toEqual(['--severity']);
    expect(complete('irqreplay', 'check', '--format', 's')).toEqual(['sarif']);
    expect(complete('irqreplay', 'explain', 'gic/lost-')).toEqual(['gic/lost-edge', 'gic/lost-level']);
    expect(complete('irqreplay', 'check', '--rule', 'srcid/or')).toEqual(['srcid/or-mismatch']);
    expect(complete('irqreplay', 'check', '--')).toEqual(expect.arrayContaining(['--fail-on', '--rule', '--write-baseline']));
  });

  test.each([['state', '--at', ''], ['check', '--output', ''], ['check', '--max-findings', 'x']])('nothing is said about half-typed words: %j', (...words) => {
    expect(run(['--get-yargs-completions', 'irqreplay', ...words])).toMatchObject({ status: 0, stderr: '' });
  });

  test('zsh gets a script of its own', () => {
    expect(run(['completion'], { env: { SHELL: '/bin/zsh' } }).stdout).toMatch(/^#compdef irqreplay/);
  });
});

test.each([
  [['report', 'masked.irq', '-o', 'no/such.md'], 'cannot write no/such.md (--out): no such folder'],
  [['minimise', 'masked.irq', '-o', 'no/such.irq'], 'cannot write no/such.irq (--out): no such folder'],
])('%j is told in a sentence', (args, message) => {
  const { status, stderr } = run(args);
  expect([status, stderr.split('\n').length]).toEqual([2, 2]);
  expect(stderr).toContain(message);
});
