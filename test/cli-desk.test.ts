// At the desk: the machine at a moment, a finding step by step, a bug report.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CLI, recording, RULE, workbench } from './built.js';

const { folder, run } = workbench();
const FILES = ['raw.txt', 'ioctl.jsonl'].map((name) => recording(`kvm-a07-route-changes/${name}`));

describe('state', () => {
  test('of a moment, by time and by number of events', () => {
    expect(run(['state', ...FILES, '--at', '0.0093']).stdout).toContain('irqfd:9  24   plain');
    expect(run(['state', ...FILES, '--at', '#1']).stdout).not.toContain('irqfd:9');
    const rows: { what: string }[] = JSON.parse(run(['state', ...FILES, '--at', '0.0093', '--format', 'json']).stdout);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('of a moment as events, places and findings show it, before the event', () => {
    const at = (moment: string): string => run(['state', ...FILES, '--at', moment]).stdout;
    // the event at ioctl.jsonl:22 is the one that proves the first finding, at 9,362,166 ns
    expect(at('finding:1')).toMatch(/^after \d+ events, before \S+\/ioctl\.jsonl:22\n/);
    for (const moment of ['ioctl.jsonl:22', 'kvm-a07-route-changes/ioctl.jsonl:22', '@9362166', '9362.165us', '9.362165ms', '0.009362165s']) expect(at(moment)).toBe(at('finding:1'));
    expect(run(['state', ...FILES, '--at', 'ioctl.jsonl:9999'])).toMatchObject({ status: 2, stderr: 'irqreplay: ioctl.jsonl:9999: no event of the recording is told there\n' });
    expect(run(['state', ...FILES, '--at', 'finding:99'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--finding 99: check shows 3 findings') });
  });

  test('what changed between two moments', () => {
    expect(run(['state', ...FILES, '--diff', '0.0093', '0.00936']).stdout).toContain('gsi:24  to msi@0xfee01000/0x43 -> -');
  });

  test('several moments in one replay are what each is by itself, and says where it is', () => {
    const rowsAt = (...moments: readonly string[]): unknown => JSON.parse(run(['state', ...FILES, ...moments.flatMap((at) => ['--at', at]), '--format', 'json']).stdout);
    expect(rowsAt('#40', '0.0093', '#9')).toEqual([rowsAt('#40'), rowsAt('0.0093'), rowsAt('#9')]);
    expect(rowsAt('#40')).not.toEqual(rowsAt('#9'));
    expect(run(['state', 'masked.irq', '--at', '#2', '--at', '#99']).stdout).toMatch(/^after 2 events, before masked\.irq:3\n[^]*\nat the end, after 4 events\n/);
  });

  test('of a GIC: interrupts, CPU interfaces, list registers, idle ones by their number', () => {
    const text = 'meta.start state=reset\ngic.en id=40 val=1\ngic.prio id=40 val=0xa0\ngic.in id=40 level=1\ngic.pmr cpu=0 val=0xf0\ngic.iar cpu=0 id=40\ngic.prio id=41 val=0x80\nvgic.flush cpu=1 lr=3 vid=27 st=P hw=1 pid=30\n';
    writeFileSync(join(folder, 'gic.irq'), text);
    const { stdout } = run(['state', 'gic.irq']);
    expect(stdout).toMatch(/intid:40 +1 +1 +1 +1 +0 +level +0 +0xa0\n1 more in which nothing goes on/);
    expect(stdout).toMatch(/gic:cpu0 +40 at priority 0xa0 +0xf0 +/);
    expect(stdout).toMatch(/List registers\n.*\nlr:cpu1\/3 +27 +P +30 +0/);
  });

  test('one thing, whole: a name is not the beginning of another, numbers may be hexadecimal', () => {
    writeFileSync(join(folder, 'pins.irq'), [1, 10].map((pin) => `ioapic.rte pin=${pin} vec=0x41 dm=0 trig=edge mask=0\n`).join('') + 'apic.read cpu=1 reg=isr word=2 val=0x2\n');
    expect(run(['state', 'pins.irq', '--watch', 'pin:ioapic/1']).stdout).not.toContain('pin:ioapic/10');
    expect(run(['state', 'pins.irq', '--watch', 'pin:ioapic/0xa']).stdout).toContain('pin:ioapic/10  masked ? -> 0');
    expect(JSON.parse(run(['state', 'pins.irq', '--watch', 'pin:ioapic/10', '--format', 'json']).stdout.split('\n')[0] ?? '')).toMatchObject({ file: 'pins.irq', at: 2, ns: null, event: expect.stringMatching(/^ioapic\.rte /), changes: [{ table: 'IOAPIC', what: 'pin:ioapic/10' }] });
    expect(run(['state', 'pins.irq', '--watch', 'pin:ioapic/99'])).toMatchObject({ status: 1, stdout: 'the recording shows nothing of pin:ioapic/99\n' });
    expect(run(['state', 'pins.irq', '--watch', 'irq:10'])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^irqreplay: --watch irq:10: the recording shows nothing of it, expected gsi:10, /) });
    expect(run(['state', 'pins.irq', '--watch', 'pin:ioapic/10', '--at', '1'])).toMatchObject({ status: 2, stderr: expect.stringContaining('give it without --at and --diff') });
    expect(run(['state', 'pins.irq', '--watch', 'vector:0x41@cpu1']).stdout).toMatch(/^pins\.irq:3 {2}apic\.read .*\n {4}vector:65@cpu1 {2}.*isr \? -> 1/);
  });

  test('every change of one thing, with the event that made it', () => {
    const { status, stdout } = run(['state', 'masked.irq', '--watch', 'pin:ioapic/10']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^masked\.irq:1 {2}@0 ioapic\.rte pin=10 .*\n {4}pin:ioapic\/10 {2}.*vector \? -> 65/);
    expect(run(['state', 'masked.irq', '--watch', 'gsi:1']).status).toBe(1);
  });

  test.each([[['--at', 'noon'], '--at noon: expected seconds'], [['--diff', '1', 'x'], '--diff x: expected seconds']])('%j is refused', (args, message) => {
    expect(run(['state', 'masked.irq', ...args])).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });
});

describe('why', () => {
  const { stdout } = run(['why', ...FILES]);

  test('begins with Let, ends in a contradiction with a clause', () => {
    expect(stdout).toMatch(/^route\/replaced-live-route {2}gsi:24\n\nLet {3}/);
    expect(stdout).toContain('\n      because of KVM_SET_GSI_ROUTING replaces the table as a whole\n      (kvm_set_irq_routing): a contradiction\n');
  });

  test('each step has its place, the time since the one before, and what it changed', () => {
    expect(stdout).toMatch(/then {2}kvm\.routes nr=24 ret=0\n +map=0:ioapic\.0,\S+…\n +at ioctl\.jsonl:21, \d+ µs later\n +gsi:24 {2}to msi@0xfee01000\/0x43 -> -\n/);
  });

  test('a vector is followed by itself, and a count of unknown bits is no news', () => {
    const text = 'meta.chan chan=vm.reset cover=full\napic.read cpu=0 reg=isr word=2 val=0x2\napic.read cpu=0 reg=isr word=4 val=0x20000\napic.eoi cpu=0\napic.read cpu=0 reg=isr word=2 val=0\n';
    writeFileSync(join(folder, 'eoi.irq'), text);
    const { stdout: told } = run(['why', 'eoi.irq']);
    expect(told).toMatch(/^lapic\/eoi-wrong-vector {2}vector:65@cpu0\n/);
    expect(told).toMatch(/vector:65@cpu0 {2}isr \? -> 1\n/);
    expect(told).not.toMatch(/none \(\d+ unknown\) -> none/);
    // what the EOI had to end instead of 65
    expect(told).toMatch(/apic\.read cpu=0 reg=isr word=4 .*\n +at eoi\.irq:3\n +lapic:cpu0 {2}isr .* -> 65,145/);
  });

  test('a step that is logged when it is over says so, and of a thing that changed others are counted only', () => {
    const { stdout: told } = run(['why', recording('../qemu/mutant/intx-drops-sharer.log.gz')]);
    expect(told).toMatch(/^but {3}intx\.line line=11 level=0 by=0000:00:04\.0\n +at intx-drops-sharer\.log\.gz:\d+, \d+ µs before the step above, which is logged when it is over$/m);
    const { stdout: entry } = run(['why', recording('../qemu/mutant/msix-no-pending.log.gz')]);
    expect(entry).toMatch(/msix\.ctrl fn=0000:00:04\.0 enable=1 fmask=\d\n +at .*\n +(msix:0000:00:04\.0\/\d) {2}enabled 0 -> 1\n +and \d+ other changes\n/);
  });

  test('a debt is told in words', () => {
    writeFileSync(join(folder, 'owed.irq'), 'meta.start state=reset\nmeta.chan chan=* cover=full\nmsix.ctrl fn=a enable=1 fmask=1\nmsix.write fn=a entry=0 field=vc val=0\nmsix.fire fn=a entry=0\nmsix.ctrl fn=a enable=1 fmask=0\nmeta.end\n');
    const { stdout } = run(['why', 'owed.irq']);
    expect(stdout).toMatch(/msix:a\/0 {2}owes msix\.send since msix\.ctrl\n/);
    expect(stdout).toMatch(/^but {3}the recording ends, and nothing came\n {10}at owed\.irq:7\n/m);
  });

  test('what is suspicious or legal contradicts nothing', () => {
    const { stdout } = run(['why', recording('../bugs/2025-gsi-leak.irq')]);
    expect(stdout).toContain('because of QEMU msix_unuse_all_vectors, kvm_irqchip_release_virq\n');
  });

  test('a finding that there is not is refused', () => {
    expect(run(['why', 'masked.irq', '--finding', '2'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--finding 2: check shows 1 finding') });
  });
});

describe('report', () => {
  let text = '';
  beforeAll(() => {
    run(['report', ...FILES, '-o', 'bug.md']);
    text = readFileSync(join(folder, 'bug.md'), 'utf8');
  });

  test('says what, why, and how to reproduce', () => {
    expect(text.split('\n').filter((line) => line.startsWith('## '))).toEqual(
      ['Why', 'The way of the interrupt', 'Shortest sequence that shows it', 'What the recording shows', 'How to reproduce'].map((head) => `## ${head}`),
    );
  });

  test('its lines fit into a mail, but for events and commands', () => {
    const prose = text.replace(/```irq\n[^]*?```|```\nirqreplay [^]*?```/g, '').split('\n').filter((line) => !/\S+\.(?:txt|jsonl)\b/.test(line));
    expect(prose.length).toBeGreaterThan(30);
    expect(prose.filter((line) => line.length > 78)).toEqual([]);
    expect(text.match(/^# .*/gm)?.filter((line) => line.length > 78)).toEqual([]);
  });

  test('its commands find the same again: number, facts, offsets, names of files', () => {
    writeFileSync(join(folder, "it's.irq"), [10, 11].map((pin) => `@${pin} ioapic.rte pin=${pin} vec=0x41 dm=0 trig=edge mask=1\n@${pin} ioapic.deliver pin=${pin} vec=0x41\n`).join(''));
    const { stdout } = run(['report', "it's.irq", 'healthy.irq', '--finding', '2', '--set', 'stormN=4', '--offset', 'healthy.irq=1us~100ns']);
    expect(stdout).toContain(String.raw`irqreplay why --finding 2 --offset healthy.irq=1000~100ns --set stormN=4 'it'\''s.irq' healthy.irq`);
    expect(stdout).toContain('# ioapic/deliver-while-masked: `pin:ioapic/11`');
  });

  test('whatever changes the reading or the judging is repeated, and its command prints the same', () => {
    // names of events as in QEMU's own trace-events-all; a profile of the configuration forbids nothing here
    writeFileSync(join(folder, "qemu's events"), 'memory_region_ops_read(int cpu_index, void *mr, uint64_t addr, uint64_t value, unsigned size, const char *name) "x"\n');
    writeFileSync(join(folder, 'own config.json'), '{"clockUncertainty": "1us"}');
    const given = ['--qemu-events', "qemu's events", '--profile', 'kvm', '--config', 'own config.json', '--set', 'stormN=4'];
    const { stdout, stderr } = run(['report', 'masked.irq', ...given]);
    expect(stderr).toBe('');
    const [command = ''] = /^ *irqreplay why .*$/m.exec(stdout) ?? [];
    expect(command).toContain(String.raw`--qemu-events 'qemu'\''s events' --profile kvm --config 'own config.json' --set stormN=4`);
    const again = spawnSync('bash', ['-c', command.trim().replace('irqreplay', `${process.execPath} ${CLI}`)], { cwd: folder, encoding: 'utf8' });
    expect(again.stdout).toBe(run(['why', 'masked.irq', ...given]).stdout);
  });

  test('a configuration of the folder is named, none where it was forbidden', () => {
    writeFileSync(join(folder, 'irqreplay.config.json'), '{"profile": "qemu"}');
    expect(run(['report', 'masked.irq']).stdout).toMatch(/why --finding 1 --config irqreplay\.config\.json masked\.irq$/m);
    expect(run(['report', 'masked.irq', '--no-config']).stdout).toMatch(/why --finding 1 --no-config masked\.irq$/m);
    rmSync(join(folder, 'irqreplay.config.json'));
    expect(run(['report', 'masked.irq']).stdout).toMatch(/why --finding 1 masked\.irq$/m);
  });

  test('its litmus test is one, and its first command says so', () => {
    const [, litmus = ''] = /```irq\n([\s\S]*?)```/.exec(text) ?? [];
    writeFileSync(join(folder, 'bug.irq'), litmus);
    const [, rule = ''] = /irqreplay check --expect '([^']+)' bug\.irq/.exec(text) ?? [];
    expect(run(['check', '--expect', rule, 'bug.irq']).status).toBe(0);
    expect(run(['check', '--expect', RULE, 'bug.irq']).status).toBe(1);
  });
});
