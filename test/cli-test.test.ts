// `irqreplay test`: what counts as expected, what fails, and sidecars written anew.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { recording, workbench } from './built.js';

const { folder, run } = workbench();
const put = (name: string, text: string): void => writeFileSync(join(folder, 'corpus', name), text);
const get = (name: string): string => readFileSync(join(folder, 'corpus', name), 'utf8');

const BAD = 'ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\nioapic.deliver pin=10 vec=0x41';
const TRACE = readFileSync(recording('kvm-a04-signal-msi/raw.txt'), 'utf8');
const VECTORS = Array.from({ length: 16 }, (_, i) => `lapic/illegal-vector vector:${i}\n`).join('');

beforeEach(() => {
  rmSync(join(folder, 'corpus'), { recursive: true, force: true });
  mkdirSync(join(folder, 'corpus/deep'), { recursive: true });
});

describe('litmus files', () => {
  test('a mark that fires is as expected', () => {
    put('a.irq', `${BAD} ! ioapic/deliver-while-masked\n`);
    expect(run(['test', 'corpus'])).toMatchObject({ status: 0, stdout: '1 recording as expected (1 finding expected and found), 0 not\n' });
  });

  test('a mark that does not fire is missing, a finding without a mark too much', () => {
    put('a.irq', `${BAD}\n`);
    put('b.irq', 'meta.note text=x ! route/leak\n');
    const { status, stdout } = run(['test', 'corpus']);
    expect(status).toBe(1);
    expect(stdout).toBe('failed  corpus/a.irq\n  + line 2: ioapic/deliver-while-masked\nfailed  corpus/b.irq\n  - line 1: route/leak\n0 recordings as expected (0 findings expected and found), 2 not\n');
  });
});

test('of a litmus file, too, what a loss told later may excuse is no finding', () => {
  const times = ['@1000 on=0 ', '@2000 on=1 '];
  put('a.irq', `${BAD.split('\n').map((line, i) => `${times[i]}${line}`).join('\n')}\n@9000 on=0 meta.lost cpu=0 n=1\n`);
  expect(run(['test', 'corpus'])).toMatchObject({ status: 0, stdout: '1 recording as expected (0 findings expected and found), 0 not\n' });
});

describe('sidecars', () => {
  test('what they list is expected, nothing else', () => {
    put('raw.txt', TRACE);
    put('raw.txt.expect', VECTORS);
    expect(run(['test', 'corpus']).stdout).toContain('1 recording as expected (16 findings expected and found), 0 not');
    put('raw.txt.expect', VECTORS.replace('vector:3\n', 'vector:33\n'));
    expect(run(['test', 'corpus']).stdout).toContain('failed  corpus/raw.txt\n  - lapic/illegal-vector vector:33\n  + lapic/illegal-vector vector:3\n');
  });

  test('without one nothing is expected, and --update writes it', () => {
    put('raw.txt', TRACE);
    const { status, stdout } = run(['test', 'corpus', '--update']);
    expect(status).toBe(0);
    expect(stdout).toContain('+ lapic/illegal-vector vector:0\n');
    expect(get('raw.txt.expect').split('\n').sort()).toEqual(VECTORS.split('\n').sort());
    expect(run(['test', 'corpus']).status).toBe(0);
  });

  test('--update keeps what a sidecar says besides', () => {
    put('raw.txt', TRACE);
    put('raw.txt.expect', '# why\nset stormN=9\nroute/leak routes\n');
    expect(run(['test', 'corpus', '--update']).stdout).toContain('- route/leak routes\n');
    expect(get('raw.txt.expect')).toMatch(/^# why\nset stormN=9\nlapic\/illegal-vector vector:0\n/);
    expect(get('raw.txt.expect')).not.toContain('route/leak');
  });

  test('a refusal can be expected', () => {
    put('raw.dat', 'comm-1 [000] 1.0: \n');
    put('bad.txt', '   gen-1 [000]  1.000000: kvm_set_irq:          gsi=1 level=1 irq_source_id=0\n');
    put('bad.txt.expect', 'refused the events as text\n');
    expect(run(['test', 'corpus']).stdout).toContain('1 recording as expected');
    put('bad.txt.expect', 'refused for another reason\n');
    expect(run(['test', 'corpus'])).toMatchObject({ status: 1, stdout: expect.stringContaining('expected the events as text') });
  });

  test('several files of one run are replayed together, one of them with another clock', () => {
    put('deep/a.irq.txt', 'irq 1 clock=seconds base=5000000000\n@500000 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\n@9000000 ioapic.rte pin=11 vec=0x42 dm=0 trig=edge mask=1\n');
    put('deep/b.irq.txt', 'irq 1 clock=seconds base=900000000000\n@0 fd.open fd=3\n@1000000 ioapic.deliver pin=10 vec=0x41\n');
    put('deep/a.irq.txt.expect', 'with b.irq.txt\noffset b.irq.txt=-895s~1us\nioapic/deliver-while-masked pin:ioapic/10\n');
    expect(run(['test', 'corpus', '--only', 'a.irq']).stdout).toContain('1 recording as expected (1 finding');
    // The clocks could be so wrong that the delivery came first.
    put('deep/a.irq.txt.expect', 'with b.irq.txt\noffset b.irq.txt=-895s~2ms\nioapic/deliver-while-masked pin:ioapic/10\n');
    expect(run(['test', 'corpus', '--only', 'a.irq']).stdout).toContain('- ioapic/deliver-while-masked pin:ioapic/10');
    put('deep/a.irq.txt.expect', 'with b.irq.txt\noffset c.irq.txt=-895s\n');
    expect(run(['test', 'corpus', '--only', 'a.irq']).stdout).toContain('that file is not among those to read');
  });

  test('a sidecar that cannot be read is named with its line', () => {
    put('raw.txt', TRACE);
    put('raw.txt.expect', 'nonsense\n');
    expect(run(['test', 'corpus']).stdout).toContain('corpus/raw.txt.expect:1: found "nonsense"');
  });
});

describe('choice', () => {
  test('--only takes paths that hold it, --bail stops at the first that fails; the order is that of the names', () => {
    for (const name of ['c.irq', 'a.irq', 'deep/b.irq']) put(name, `${BAD}\n`);
    expect(run(['test', 'corpus', '--only', 'deep']).stdout).toMatch(/^failed {2}corpus\/deep\/b\.irq\n/);
    expect([...run(['test', 'corpus']).stdout.matchAll(/^failed {2}(.*)$/gm)].map(([, file]) => file)).toEqual(['corpus/a.irq', 'corpus/c.irq', 'corpus/deep/b.irq']);
    expect(run(['test', 'corpus', '--bail']).stdout).toMatch(/1 not, 2 not looked at\n$/);
  });

  test.each([
    [['test'], 'no folder given'],
    [['test', 'nowhere'], 'cannot read nowhere: no such file'],
    [['test', 'corpus'], 'no recording under corpus'],
  ])('%j', (args, message) => {
    expect(run(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });
});
