// irqreplay.config.json at the command line: severities, times, profile, suppressions and their errors.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { RULE, workbench } from './built.js';
import { readTrace } from './replay.js';

const { folder, run } = workbench();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('the configuration', () => {
  const config = (value: unknown): void => writeFileSync(join(folder, 'irqreplay.config.json'), JSON.stringify(value));
  afterEach(() => rmSync(join(folder, 'irqreplay.config.json'), { force: true }));

  test('of this folder is taken, --no-config leaves it', () => {
    config({ severity: { [RULE]: 'info' } });
    expect(run(['check', 'masked.irq']).status).toBe(0);
    expect(run(['check', 'masked.irq', '--no-config']).status).toBe(1);
    expect(run(['check', 'masked.irq', '--fail-on', 'info']).status).toBe(1);
  });

  test('a baseline makes only new findings count', () => {
    expect(run(['check', 'masked.irq', '--write-baseline'])).toMatchObject({ status: 0, stderr: 'irqreplay.config.json: 1 suppression, 1 of them new\n' });
    const { status, stdout } = run(['check', 'masked.irq']);
    expect(status).toBe(0);
    expect(stdout).toContain('1 known finding left out');
    expect(run(['check', 'masked.irq', '--print-config']).stdout).toBe(read('irqreplay.config.json'));
  });

  test('a baseline can begin a configuration that --config names, and none that is not read is written over', () => {
    expect(run(['check', 'masked.irq', '--config', 'known.json'])).toMatchObject({ status: 2, stderr: expect.stringContaining('known.json') });
    expect(run(['check', 'masked.irq', '--config', 'known.json', '--write-baseline'])).toMatchObject({ status: 0, stderr: 'known.json: 1 suppression, 1 of them new\n' });
    expect(run(['check', 'masked.irq', '--config', 'known.json']).status).toBe(0);
    config({ failOn: 'info' });
    const before = read('irqreplay.config.json');
    expect(run(['check', 'masked.irq', '--no-config', '--write-baseline'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--no-config') });
    expect(read('irqreplay.config.json')).toBe(before);
  });

  test('a suppression that nothing uses is an error, once the report is out', () => {
    config({ suppress: [{ rule: RULE, entity: 'pin:ioapic/11', reason: 'old kernel' }] });
    const { status, stdout, stderr } = run(['check', 'masked.irq']);
    expect(status).toBe(2);
    expect(stdout).toContain(RULE);
    expect(stderr).toBe(`irqreplay: irqreplay.config.json: the suppression of ${RULE} pin:ioapic/11 is used by no finding (old kernel); one that is about other recordings names them in "recording"\n`);
  });

  test('what is known is no difference of two profiles', () => {
    writeFileSync(join(folder, 'edge.irq'), 'meta.start state=reset\nmeta.chan chan=* cover=full\nioapic.rte pin=4 vec=0x31 dm=0 trig=edge mask=1\nioapic.in pin=4 level=1\nioapic.rte pin=4 vec=0x31 dm=0 trig=edge mask=0\nioapic.deliver pin=4 vec=0x31\n');
    const told = (): string => run(['check', 'edge.irq', '--profile', 'kvm', '--against', 'qemu']).stdout;
    expect(told()).toContain('but not legal by qemu:\n  ioapic/edge-after-mask  pin:ioapic/4');
    config({ suppress: [{ rule: 'ioapic/edge-after-mask', reason: 'an old QEMU' }] });
    expect(told()).toContain('kvm against qemu: the recording shows nothing in which they differ\n');
  });

  test('a suppression of a rule that could not be judged is no error: nothing says that it has become needless', () => {
    config({ suppress: [{ rule: 'route/leak', reason: 'old kernel' }] });
    expect(run(['check', 'masked.irq'])).toMatchObject({ status: 1, stderr: '' });
  });

  const NEAR = 'meta.start state=reset\nmeta.chan chan=* cover=full\n@0 on=0 tid=7 kvm.mask gsi=24\n@30000 on=1 tid=8 kvm.inject gsi=24\n@9000000 on=0 meta.note text=x\n';
  const OWED = 'meta.start state=reset\nmeta.chan chan=* cover=full\n@0 msix.ctrl fn=a enable=1 fmask=1\n@1 msix.write fn=a entry=0 field=vc val=0\n@2 msix.fire fn=a entry=0\n@1000 msix.ctrl fn=a enable=1 fmask=0\n@2001000 meta.end\n';

  const READ = 'meta.start state=reset\nmeta.chan chan=* cover=full\n@0 gic.cfg id=40 trig=level\n@1 gic.en id=40 val=1\n@2 gic.in id=40 level=1\n@3 gic.read id=40 pend=0\n';

  test.each([
    ['two CPUs 30 us apart have no order by themselves', NEAR, {}, 0],
    ['they have, where the clocks are known to 10 us', NEAR, { clockUncertainty: '10us' }, 1],
    ['what is owed at the end is late', OWED, {}, 1],
    ['it is after 1.5 ms, of 2 ms that it was owed', OWED, { deadlineWindow: '1.5ms' }, 1],
    ['it is not before 2 ms are over', OWED, { deadlineWindow: '2ms' }, 0],
    ['what a read contradicts knows no time', READ, { deadlineWindow: '2ms' }, 1],
    ['--set wins', OWED, { deadlineWindow: '2ms', set: { deadlineNs: 1 } }, 1],
  ])('%s', (_, text, value, status) => {
    config(value);
    writeFileSync(join(folder, 'timed.irq'), text);
    expect(run(['check', 'timed.irq']).status).toBe(status);
  });

  test('says that threads or CPUs were chosen when it was recorded', () => {
    // as trace-cmd record -M 1 would have recorded it: one CPU of two
    const [line0, ...lines] = readTrace('recordings/x86-kvm-vfio-7.2/trace.txt.zst').toString().split('\n');
    writeFileSync(join(folder, 'chosen.txt'), [line0, ...lines.filter((line) => / \[000\] /.test(line))].map((line) => `${line}\n`).join(''));
    const violations = (...args: readonly string[]): unknown => run(['check', 'chosen.txt', '--format', 'ndjson', '--severity', 'violation', ...args]).stdout.match(/"rule":"[^"]*"/g);
    expect(violations()).toContain('"rule":"lapic/inject-without-irr"');
    expect(violations('--set', 'partial=1')).toBeNull();
    config({ set: { partial: 1 } });
    expect(violations()).toBeNull();
  });

  test('has a profile, and the command line wins', () => {
    const EDGE = 'meta.start state=reset\nmeta.chan chan=* cover=full\nioapic.rte pin=4 vec=0x31 dm=0 trig=edge mask=1\nioapic.in pin=4 level=1\nioapic.rte pin=4 vec=0x31 dm=0 trig=edge mask=0\nioapic.deliver pin=4 vec=0x31\n';
    writeFileSync(join(folder, 'edge.irq'), EDGE);
    const told = (...args: readonly string[]): string => run(['check', 'edge.irq', '--rule', 'ioapic/edge-after-mask', ...args]).stdout;
    expect(told()).toMatch(/^undecided: no finding/);
    config({ profile: 'spec' });
    expect(told()).toMatch(/^undecided: 1 info/);
    expect(told('--set', 'edgeMaskedLatch=1')).toMatch(/no finding/);
    expect(JSON.parse(run(['check', '--print-config', '--profile', 'kvm', '--fail-on', 'info', '--set', 'stormN=7']).stdout)).toEqual({ profile: 'kvm', failOn: 'info', set: { stormN: '7' } });
  });

  test('a suppression that has run out is an error, and suppresses nothing', () => {
    config({ suppress: [{ rule: RULE, reason: 'old kernel', until: '2020-02-29' }] });
    const { status, stdout, stderr } = run(['check', 'masked.irq']);
    expect(status).toBe(2);
    expect(stdout).toContain(RULE);
    expect(stderr).toBe(`irqreplay: irqreplay.config.json: the suppression of ${RULE} ran out on 2020-02-29 (old kernel)\n`);
  });

  test('findings are numbered as check shows them', () => {
    writeFileSync(join(folder, 'two.irq'), [10, 11].map((pin) => `ioapic.rte pin=${pin} vec=0x41 dm=0 trig=edge mask=1\nioapic.deliver pin=${pin} vec=0x41\n`).join(''));
    config({ suppress: [{ rule: RULE, entity: 'pin:ioapic/10', reason: 'old kernel' }] });
    expect(run(['why', 'two.irq']).first).toBe(`${RULE}  pin:ioapic/11`);
    expect(run(['why', 'two.irq', '--no-config']).first).toBe(`${RULE}  pin:ioapic/10`);
    config({ set: { stormN: 9 } });
    expect(run(['minimise', 'two.irq']).stdout).toContain('meta.cfg stormN=9');
  });

  test.each([
    [{ severity: { 'route/leek': 'info' } }, 'irqreplay.config.json: there is no rule route/leek (nearest: route/leak'],
    [{ suppress: [{ rule: 'route/leak' }] }, 'irqreplay.config.json: suppress.0.reason: '],
    [{ deadlineWindow: 'soon' }, 'irqreplay.config.json: deadlineWindow: expected a time such as 100us'],
    [{ profile: 'xen' }, 'irqreplay.config.json: profile: '],
  ])('%j is refused', (value, message) => {
    config(value);
    expect(run(['check', 'masked.irq'])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});
