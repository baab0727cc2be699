// The commands of snapshots that recipes print, run in a shell: what they write is read as snapshots.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Format } from '../../src/import/format.js';
import { bracketOf } from '../../src/import/ioctl/bracket.js';
import { monitor } from '../../src/import/snapshot/monitor.js';
import { vgicState } from '../../src/import/snapshot/vgic-state.js';
import { qemuRecipe } from '../../src/record/qemu-recipe.js';
import { recipeFor } from '../../src/record/recipe.js';
import { shellScript } from '../../src/record/shell.js';
import { SNAPSHOTS } from '../../src/record/snapshots.js';
import { decode } from '../import/decode.js';

const script = (target: 'x86-kvm' | 'vfio' | 'arm64-kvm'): string => shellScript(recipeFor(target, undefined, 'g'), { tool: 'tracefs', buffer: 64, group: 'g' });
const commandsOf = (text: string): string => text.split('\n').flatMap((line) => /^# {3}(.*)$/.exec(line)?.[1] ?? []).join('\n');

/** Stand in for QEMU's monitor, as QEMU 7.2 prints, and for KVM's debugfs. */
const MONITOR = `socat() { while read -r command; do echo "(qemu) $command"; case $command in
  'info lapic 0') printf 'dumping local APIC state for CPU 0 \\n\\nSPIV\\t 0x000001ff APIC enabled, focus=off, spurious vec 255\\n';;
  'info pic') echo 'pic0: irr=00 imr=de isr=00 hprio=0 irq_base=08 rr_sel=0 elcr=0c fnm=0';;
  'info ioapic') printf 'ioapic0: ver=0x20 id=0x00 sel=0x00\\n  pin 5  0x000000000000c045 dest=0 vec=69\\n';;
esac; done; }
sleep() { :; }`;
const DEBUGFS = `cat() { printf 'SPI  0 TYP   ID TGT_ID PLAEHCG     HWID   TARGET SRC PRI VCPU_ID\\n       SPI   36      0 1001001        0        0   0 160      -1 \\n'; }`;

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'snapshots-'))));
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ['x86-kvm', script('x86-kvm'), MONITOR, monitor, 'monitor.txt', SNAPSHOTS['x86-host']],
  ['vfio', script('vfio'), MONITOR, monitor, 'monitor.txt', SNAPSHOTS['x86-host']],
  ['qemu', qemuRecipe(), MONITOR, monitor, 'monitor.txt', SNAPSHOTS.qemu],
  ['arm64-kvm', script('arm64-kvm'), DEBUGFS, vgicState, 'vgic.txt', SNAPSHOTS['arm64-host']],
] as const)('%s', (_target, recipe, machine, format: Format, file, snapshots) => {
  const commands = commandsOf(recipe);
  execFileSync('sh', ['-c', `${machine}\n${commands}\n${commands}`], { cwd: folder });
  const { events, info } = decode(format, readFileSync(join(folder, file), 'utf8'));
  expect(info.losses).toEqual([]);
  for (const { name, shows } of snapshots) {
    const kinds = events.filter((event) => event.name === name || event.name === 'snapshot').map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining([...shows]));
  }
  // a time in front and one behind: KVM's state is told with how long ago it may have been taken
  expect(events.every((event) => (event.kind === 'vgic.state' ? event.within !== undefined : bracketOf(event) !== undefined))).toBe(true);
  expect(recipe).toMatch(new RegExp(`^# and afterwards: irqreplay check \\S+ ${file}$`, 'm'));
});

test('the clock is that of the recording: monotonic of a kernel\'s trace, the time of day of QEMU\'s log', () => {
  expect(commandsOf(script('x86-kvm'))).toContain('=== uptime $(cut');
  expect(commandsOf(qemuRecipe())).toContain('=== time $(date +%s.%N)');
});
