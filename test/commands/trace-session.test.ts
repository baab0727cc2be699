// Recording through tracefs, against a tree in memory that takes and refuses what the kernel does, and against the machine's own where there is one.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { TraceFiles } from '../../src/commands/trace-files.js';
import { groupOf, removeLeftovers, TraceSession } from '../../src/commands/trace-session.js';
import { recipeFor } from '../../src/record/recipe.js';
import { CLI } from '../built.js';

interface Tree extends TraceFiles {
  readonly instances: Map<string, Map<string, string>>;
  probes: string[];
}

/** Has the events `system/name` given; probes on `missing` functions are refused, as are events of probes that are not defined. */
function tree(events: readonly string[], missing: readonly string[] = [], withProbes = true): Tree {
  const instances = new Map<string, Map<string, string>>();
  const probes: string[] = [];
  const split = (path: string): [string, string] => {
    const [, name = '', file = ''] = /^instances\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    return [name, file];
  };
  const isEvent = (event: string): boolean => events.includes(event) || self.probes.some((line) => line.includes(`:${event} `));
  const self: Tree = {
    instances,
    probes,
    exists: (path) => (path === 'kprobe_events' ? withProbes : path === 'instances' || instances.has(split(path)[0])),
    list: () => [...instances.keys()],
    read: () => self.probes.map((line) => `${line}\n`).join(''),
    mkdir: (path) => void instances.set(split(path)[0], new Map()),
    rmdir: (path) => void instances.delete(split(path)[0]),
    write(path, text) {
      const [name, file] = split(path);
      const event = /^events\/(.+)\/enable$/.exec(file)?.[1];
      if (event !== undefined && !isEvent(event)) throw new Error('ENOENT');
      instances.get(name)?.set(file, text);
    },
    append(_path, text) {
      const removed = /^-:(\S+)/.exec(text)?.[1];
      if (removed !== undefined) self.probes = self.probes.filter((line) => !line.includes(`:${removed} `));
      else if (missing.some((name) => text.includes(` ${name} `))) throw new Error('ENOENT');
      else self.probes.push(text.trimEnd());
    },
    copy: () => Promise.resolve(),
  };
  return self;
}

const recipe = recipeFor('x86-kvm', { major: 6, minor: 1 }, groupOf(7));
const named = recipe.tracepoints.map(({ system, name }) => `${system}/${name}`);

describe('a session', () => {
  test('records on its own, with the clock that calls are logged in, and puts everything back', () => {
    const files = tree(named);
    const session = new TraceSession(files, 7);
    session.start(recipe, 512);
    const settings = Object.fromEntries(files.instances.get('irqreplay-7') ?? []);
    expect(settings).toMatchObject({ trace_clock: 'mono', buffer_size_kb: '512', tracing_on: '1', 'events/kvm/kvm_set_irq/enable': '1', 'events/irqreplay_7/irqfd_wakeup/enable': '1' });
    expect(settings['events/kvm/kvm_pio/filter']).toMatch(/^port==0x20\|\|/);
    expect(Object.keys(settings).filter((name) => /^events\/.*\/enable$/.test(name))).toHaveLength(named.length + recipe.probes.length);
    expect(session.refused).toEqual([]);
    session.stop();
    expect(files.instances.get('irqreplay-7')?.get('tracing_on')).toBe('0');
    session.restore();
    expect([[...files.instances], files.probes]).toEqual([[], []]);
  });

  test('goes without what the kernel does not have, and says so', () => {
    const session = new TraceSession(tree(named.slice(1), ['kvm_irqfd']), 7);
    session.start(recipe, 512);
    expect(session.refused).toEqual(['kvm_irqfd', 'kvm_irqfd_ret', 'kvm/kvm_set_irq']);
    const without = new TraceSession(tree(named, [], false), 7);
    without.start(recipe, 512);
    expect(without.refused).toEqual(['any probe (there is no kprobe_events)']);
  });

  test('leaves what is not its own alone', () => {
    const files = tree(named);
    files.mkdir('instances/mine');
    files.probes = ['p:mine/kvm_irqfd kvm_irqfd', 'p:irqreplay/kvm_irqfd kvm_irqfd'];
    const session = new TraceSession(files, 7);
    session.start(recipe, 512);
    session.restore();
    expect([[...files.instances.keys()], files.probes]).toEqual([['mine'], ['p:mine/kvm_irqfd kvm_irqfd', 'p:irqreplay/kvm_irqfd kvm_irqfd']]);
  });
});

test('what a killed process left is removed by the next, what a living one has is not', () => {
  const files = tree(named);
  for (const pid of [7, 8, 9]) new TraceSession(files, pid).start(recipeFor('x86-kvm', undefined, groupOf(pid)), 4);
  files.rmdir('instances/irqreplay-9');
  files.probes.push('r0:irqreplay_9/of_an_older_kernel kvm_irqfd');
  expect(removeLeftovers(files, (pid) => pid === 8).sort()).toEqual([7, 9]);
  expect([...files.instances.keys()]).toEqual(['irqreplay-8']);
  expect(new Set(files.probes.map((line) => /irqreplay_\d+/.exec(line)?.[0]))).toEqual(new Set(['irqreplay_8']));
});

const MOUNTS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing', process.env['IRQREPLAY_TEST_TRACEFS'] ?? ''];
const root = MOUNTS.find((path) => existsSync(`${path}/instances`) && existsSync(`${path}/events/kvm/kvm_set_irq`));
const why = root === undefined ? ' (skipped: no tracefs with KVM\'s events may be used here)' : '';

test.skipIf(root === undefined)(`the machine's own tracefs is as it was after a run, a signal and a kill${why}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irqreplay-'));
  const record = (output: string, ...command: string[]) =>
    spawnSync(process.execPath, [CLI, 'record', '--run', '--tracefs', root ?? '', '--buffer', '64', '--output', join(folder, output), '--', ...command], { encoding: 'utf8' });
  const left = (): string[] => readdirSync(`${root}/instances`).filter((name) => name.startsWith('irqreplay-'));
  try {
    const before = left();
    const run = record('run.txt', 'echo', '--not-an-option');
    expect(run).toMatchObject({ status: 0, stdout: expect.stringMatching(/^(?:undecided|held)/), stderr: expect.stringContaining('--not-an-option\n') });
    expect(readFileSync(join(folder, 'run.txt'), 'utf8')).toMatch(/^# tracer: nop/);
    expect(record('none.txt', './no-such-command')).toMatchObject({ status: 2, stderr: expect.stringContaining('cannot run ./no-such-command') });
    expect(readdirSync(folder)).toEqual(['run.txt']);
    expect(record('signal.txt', 'sh', '-c', 'kill -TERM $PPID; exec sleep 60').stderr).toContain('was ended by SIGTERM');
    expect(left()).toEqual(before);
    for (const signal of ['KILL', 'QUIT']) {
      record(`${signal}.txt`, 'sh', '-c', `kill -${signal} $PPID`);
      await vi.waitFor(() => expect(left()).toEqual(before), 10_000);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
