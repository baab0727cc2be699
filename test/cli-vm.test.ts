// `--vm`: one of the virtual machines of a host's recording, for every command that reads one.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { lines, ROOT, workbench } from './built.js';

const { folder, run } = workbench();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const TWO = join(ROOT, 'traces/formats/tracefs/two-vms.txt');

test('one of several virtual machines is judged by itself, and what is cut out of it says so', () => {
  const path = join(ROOT, 'traces/formats/tracefs/two-vms.txt');
  expect(run(['check', path]).stdout).toContain('nothing could be judged: the recording holds several virtual machines');
  expect(run(['info', path]).stdout).toMatch(/^0xffffcf6900439000 +156 +168 \(vCPU 1\), 167 \(vCPU 0\), 156 /m);
  const one = run(['check', path, '--vm', '156']);
  expect(one).toMatchObject({ status: 0, stderr: '' });
  expect(one.stdout).not.toContain('nothing could be judged');
  expect(one.stdout).toContain('VM 0xffffcf6900439000, without 66 records of others');
  run(['cut', path, '--vm', '156', '-o', 'one.irq']);
  expect(read('one.irq')).toContain('meta.note text="cut --vm 156"');
  expect(read('one.irq')).not.toContain('tid=169 apic.eoi');
  expect(read('one.irq')).not.toContain('meta.chan chan=vm');
});

test.each([
  ['7', 'there is 0xffffcf6900421000 and 0xffffcf6900439000'],
  ['155,156', 'there is 0xffffcf6900421000 and 0xffffcf6900439000'],
])('a virtual machine that %s does not name is refused, with those that there are', (vm, found) => {
  const path = join(ROOT, 'traces/formats/tracefs/two-vms.txt');
  expect(run(['check', path, '--vm', vm])).toMatchObject({ status: 2, stderr: expect.stringContaining(found) });
  expect(run(['check', 'masked.irq', '--vm', vm])).toMatchObject({ status: 2, stderr: expect.stringContaining('no file is a trace of a host') });
  expect(run(['check', '-', '--vm', vm])).toMatchObject({ status: 2, stderr: expect.stringContaining('--vm needs files that can be read twice') });
});

/** Thread of a vCPU, process, CPU. */
const FIRST = { vm: '155', tid: 169, cpu: 0, other: '156' };
const SECOND = { vm: '156', tid: 168, cpu: 1, other: '155' };
/** The 8th vector is no interrupt's (SDM 3A 12.5.2): the VM's thread is seen to have it accepted. */
const faulty = ({ vm, tid, cpu }: typeof FIRST): string =>
  `${readFileSync(TWO, 'utf8')} qemu-system-x86-${tid}     (    ${vm}) [00${cpu}] .....   340.000001: kvm_apic_accept_irq: apicid ${cpu} vec 8 (Fixed|edge)\n`;

describe.each([FIRST, SECOND])('VM $vm of two', (machine) => {
  const { vm, tid, cpu, other } = machine;
  const file = `faulty-${vm}.txt`;
  const last = lines(TWO).length + 1;
  beforeAll(() => writeFileSync(join(folder, file), faulty(machine)));

  /** EOIs of its process, by the recorder's own column. */
  const eois = lines(TWO).flatMap((line, at) => (line.includes(`(    ${vm})`) && line.includes(': kvm_eoi:') ? [at + 1] : []));

  test('its events are what convert writes', () => {
    expect(run(['convert', TWO, '--vm', vm, '-o', `${vm}.ndjson`])).toMatchObject({ status: 0, stderr: '' });
    const records: { kind: string; src: string }[] = read(`${vm}.ndjson`).trimEnd().split('\n').slice(1).map((line) => JSON.parse(line));
    expect(records.filter(({ kind }) => kind === 'apic.eoi').map(({ src }) => Number(/:(\d+) kvm_eoi$/.exec(src)?.[1]))).toEqual(eois);
  });

  test('info and coverage count its events', () => {
    const [contents]: { kinds: Record<string, number> }[] = JSON.parse(run(['info', TWO, '--vm', vm, '--format', 'json']).stdout);
    expect(contents?.kinds['apic.eoi']).toBe(eois.length);
    const covered = run(['coverage', TWO, '--vm', vm, '--format', 'json']).stdout;
    expect(covered).toMatch(new RegExp(`"kind": "apic\\.eoi",\\s*"count": ${eois.length},`));
  });

  test.each(['follow', 'stats', 'state'])('%s shows nothing that is the other one\'s', (command) => {
    const words = { follow: [TWO, `vector:236@cpu${cpu}`, '--limit', '100'], stats: [TWO], state: [TWO, '--watch', `lapic:cpu${cpu}`] }[command] ?? [];
    const own = run([command, ...words, '--vm', vm]);
    expect(own.status).toBe(0);
    expect(own.stdout).not.toBe(run([command, ...words]).stdout);
    expect(own.stdout).not.toBe(run([command, ...words, '--vm', other]).stdout);
  });

  test('an index is made for each', () => {
    const at = (which: string) => run(['state', TWO, '--vm', which, '--index', `${vm}.idx`]).stdout;
    expect(at(vm)).toBe(run(['state', TWO, '--vm', vm]).stdout);
    expect(at(other)).toBe(run(['state', TWO, '--vm', other]).stdout);
  });

  test('its finding is explained, minimised and reported, and is none of the other', () => {
    expect(run(['check', file, '--vm', vm]).status).toBe(1);
    expect(run(['check', file, '--vm', other]).status).toBe(0);
    expect(run(['why', file, '--vm', vm]).stdout).toContain(`${file}:${last}`);
    expect(run(['why', file, '--vm', other])).toMatchObject({ status: 2, stderr: expect.stringContaining('check shows 0 findings') });
    expect(run(['minimise', file, '--vm', vm]).stdout).toMatch(/^apic\.accept cpu=\d vec=8 .*! lapic\/illegal-vector$/m);
    expect(run(['follow', file, 'finding:1', '--vm', vm]).stdout).toContain(`tid=${tid} apic.accept`);
    expect(run(['report', file, '--vm', vm]).stdout).toMatch(new RegExp(`irqreplay check .*--vm ${vm}`));
  });

  test('a sidecar names it', () => {
    const expects = (which: string) => writeFileSync(join(folder, `${file}.expect`), `vm ${which}\nlapic/illegal-vector vector:8@cpu${cpu}\n`);
    expects(vm);
    expect(run(['test', file]).status).toBe(0);
    expects(other);
    expect(run(['test', file]).status).toBe(1);
  });

  test('a finding is new to the side that has it', () => {
    expect(run(['diff', file, file, '--vm', vm, '--fail-on', 'any']).status).toBe(0);
    const parted = run(['diff', file, file, '--vm', other, '--vm', vm, '--fail-on', 'new']);
    expect(parted).toMatchObject({ status: 1, stdout: expect.stringContaining('0 gone, 1 new') });
  });
});

test('of two sides no more than two can be chosen, and none of reports', () => {
  writeFileSync(join(folder, 'report.json'), run(['check', TWO, '--format', 'json']).stdout);
  expect(run(['diff', TWO, TWO, '--vm', '155', '--vm', '156', '--vm', '155'])).toMatchObject({ status: 2, stderr: expect.stringContaining('found 3') });
  expect(run(['diff', 'report.json', 'report.json', '--vm', '155'])).toMatchObject({ status: 2, stderr: expect.stringContaining('these are reports') });
});
