// A clock of an unknown unit (x86-tsc as it is, counter): what is told of its times is told in ticks, and no time in seconds is looked for in it.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { workbench } from './built.js';

const { folder, run } = workbench();
const line = (at: number, text: string): string => `          vmm-7     [000]  ${at}: ${text}\n`;

beforeAll(() => {
  const texts = ['kvm_set_irq: gsi 4 level 1 source 0', 'kvm_msi_set_irq: dst 0 vec 65 (Fixed|physical|edge)', 'kvm_apic_accept_irq: apicid 0 vec 65 (Fixed|edge)', 'kvm_eoi: apicid 0 vector 65'];
  writeFileSync(join(folder, 'way.txt'), `cpus=1\n${texts.map((text, i) => line(5_768_898_872 + i * 1100, text)).join('')}`);
});

test('in text', () => {
  const { stdout } = run(['follow', 'way.txt', 'vector:65']);
  expect(stdout).toMatch(/ended after 3,300 ticks\n/);
  expect(stdout.match(/^ +\+1,100 ticks {2}/gm)).toHaveLength(3);
  for (const words of [['follow', 'way.txt', 'vector:65'], ['stats', 'way.txt'], ['check', 'way.txt', '--format', 'markdown']]) expect(run(words).stdout).not.toMatch(/\d (?:ns|µs|ms|s)\b/);
});

test('in JSON', () => {
  const [life] = JSON.parse(run(['follow', 'way.txt', 'vector:65', '--format', 'json']).stdout);
  expect(life.hops.map(({ ticks, ns }: { ticks: number; ns: unknown }) => [ticks, ns])).toEqual([0, 1100, 2200, 3300].map((ticks) => [ticks, undefined]));
  const { all } = JSON.parse(run(['stats', 'way.txt', '--format', 'json']).stdout);
  expect(all.whole).toEqual({ count: 1, medianTicks: 3300, p99Ticks: 3300, maxTicks: 3300 });
});

test.each([[[]], [['--index', 'way.idx']]])('a moment is none in seconds: %j', (index) => {
  for (const moment of ['12.5', '80ms', '0']) {
    expect(run(['state', 'way.txt', '--at', moment, ...index])).toMatchObject({ status: 2, stderr: expect.stringContaining(`${moment}: a time in seconds, and way.txt has times in an unknown unit: name the moment as events show it, @12500000`) });
  }
  expect(run(['state', 'way.txt', '--at', '@1200', ...index]).first).toContain('after 2 events');
});

test('two medians in ticks of two machines are not compared', () => {
  writeFileSync(join(folder, 'faster.txt'), `cpus=1\n${Array.from({ length: 40 }, (_, i) => line(1000 + i * 10, i % 2 === 0 ? 'kvm_apic_accept_irq: apicid 0 vec 65 (Fixed|edge)' : 'kvm_eoi: apicid 0 vector 65')).join('')}`);
  writeFileSync(join(folder, 'slower.txt'), `cpus=1\n${Array.from({ length: 40 }, (_, i) => line(1000 + i * 90, i % 2 === 0 ? 'kvm_apic_accept_irq: apicid 0 vec 65 (Fixed|edge)' : 'kvm_eoi: apicid 0 vector 65')).join('')}`);
  expect(JSON.parse(run(['diff', 'faster.txt', 'slower.txt', '--format', 'json']).stdout).ways).toEqual([]);
});
