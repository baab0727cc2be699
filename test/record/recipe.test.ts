// Recipes against what kernels and QEMU have, and against what the importer reads: a tracepoint that does not exist, or a field that is
// read under another name, would only be missed in the recording.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventNames } from '../../src/import/kvm/bodies.js';
import { PROBE_BODIES } from '../../src/import/kvm/probe-bodies.js';
import { PicPorts } from '../../src/import/kvm/pic-ports.js';
import { VGIC_PROBES } from '../../src/import/kvm/vgic-bodies.js';
import { QEMU_BODIES } from '../../src/import/qemu/bodies.js';
import { parseKernel } from '../../src/record/kernel.js';
import { QEMU_EVENTS } from '../../src/record/qemu-events.js';
import { qemuRecipe } from '../../src/record/qemu-recipe.js';
import { recipeFor, type KernelTarget, type ProbeRecipe } from '../../src/record/recipe.js';
import { shellScript } from '../../src/record/shell.js';
import { capture, read, thread } from '../import/ftrace/text.js';

const fileOf = (name: string): Buffer => readFileSync(new URL(`../../traces/recorders/${name}`, import.meta.url));
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const tracepointsOf = (machine: string, kernel: string): string[] =>
  linesOf(gunzipSync(fileOf(`${machine}-${kernel}-event-formats.txt.gz`)).toString()).flatMap((line) => /^== (\w+\/\w+)\/format$/.exec(line)?.[1] ?? []);
const recipe = (target: KernelTarget, kernel?: string) => recipeFor(target, kernel === undefined ? undefined : parseKernel(kernel), 'irqreplay');

/** `p:group/name function field=...` */
const PROBE = /^([pr]):(\w+)\/(\w+) ([a-z_]\w*)((?: \w+=\S+)*)$/;
const FETCH = /^\w+=(?:\$retval|(?:%\w+|\$arg[1-6])|[+-]\d+\((?:%\w+|\$arg[1-6])\)|irq->\w+):[sux](?:8|32|64)$|^\w+=irq->\w+$/;
const fieldsOf = (line: string): string[] => PROBE.exec(line)?.[5]?.trim().split(' ').filter((field) => field !== '') ?? [];

const KERNELS = [undefined, '5.10', '6.1', '6.6.30', '6.12.117-amd64', '6.18.44', '7.2'];
const TARGETS: readonly KernelTarget[] = ['x86-kvm', 'vfio', 'arm64-kvm'];

describe.each([
  ['x86-kvm', 'x86', '6.1'], ['vfio', 'x86', '6.1'], ['arm64-kvm', 'arm64', '6.1'], ['x86-kvm', 'x86', '6.12'], ['vfio', 'x86', '6.12'], ['arm64-kvm', 'arm64', '6.12'],
] as const)('%s, %s, kernel %s', (target, machine, kernel) => {
  test('every tracepoint exists', () => {
    const there = tracepointsOf(machine, kernel);
    // Of 6.1 the events of AVIC and of Hyper-V's devices were not kept.
    const named = recipe(target, `${kernel}.0-50`).tracepoints.map(({ system, name }) => `${system}/${name}`).filter((name) => kernel !== '6.1' || !/avic|kvm_hv_/.test(name));
    expect(there.length).toBeGreaterThan(50);
    expect(named.filter((name) => !there.includes(name))).toEqual([]);
  });

  test('every probe is one that was recorded with', () => {
    // a pointer that is an argument itself, or in front of one, lies at no offset that a kernel could change
    const withoutVm = (line: string): string => line.replace(/ kvm=(?:%\w+|-8\(%\w+\)):x64/, '');
    // A module may stand before the function; there it stood. Behind `r` the kernel prints how many calls at once it watches.
    const asGiven = (line: string): string => line.replace(/^r\d+:/, 'r:').replace(/ \w+:(\w+ )/, ' $1');
    const recorded = new Set(linesOf(fileOf(`${machine}-${kernel}-kprobes.txt`).toString()).map((line) => withoutVm(asGiven(line))));
    const { probes, omitted } = recipe(target, `${kernel}.0-50`);
    expect(omitted).toEqual([]);
    expect(probes.length).toBeGreaterThan(10);
    expect(probes.map(({ line }) => withoutVm(line)).filter((line) => !recorded.has(line))).toEqual([]);
  });
});

test.each(TARGETS.flatMap((target) => KERNELS.map((kernel) => [target, kernel] as const)))('%s, kernel %s: every probe line can be parsed', (target, kernel) => {
  for (const { line, name } of recipe(target, kernel).probes) {
    expect([line, PROBE.exec(line)?.[3]]).toEqual([line, name]);
    for (const field of fieldsOf(line)) expect(field).toMatch(FETCH);
  }
});

/** The line that the probe prints, with 1 for each field but the one left out. */
function printed({ line, name }: ProbeRecipe, without = ''): string {
  const fields = fieldsOf(line).map((field) => field.split('=')[0] ?? '').filter((field) => field !== without);
  return [`${name}: (f+0x0/0x10 [kvm])`, ...fields.map((field) => `${field}=1`)].join(' ');
}

const probeOf = (target: KernelTarget, wanted: string, kernel?: string): ProbeRecipe => {
  const probe = recipe(target, kernel).probes.find(({ name }) => name === wanted);
  if (probe === undefined) throw new Error(`no probe ${wanted} for ${target}, kernel ${kernel}`);
  return probe;
};

describe('what the importer reads', () => {
  const probes = TARGETS.flatMap((target) => KERNELS.flatMap((kernel) => recipe(target, kernel).probes));
  const countsOf = (text: string): string[] => [...read(thread(text)).info.counts.keys()];

  test('is every probe of a recipe', () => {
    expect(probes.length).toBeGreaterThan(100);
    for (const probe of probes) expect(Object.keys({ ...PROBE_BODIES, ...VGIC_PROBES })).toContain(probe.name);
    for (const probe of probes) expect(countsOf(printed(probe))).toEqual([probe.name]);
  });

  test('is every tracepoint of a recipe', () => {
    const known = new Set(eventNames().map(({ text }) => text));
    for (const target of TARGETS) expect(recipe(target).tracepoints.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  });

  test('is every port that the filter of kvm_pio lets pass', () => {
    const pio = recipe('x86-kvm').tracepoints.find(({ name }) => name === 'kvm_pio');
    const ports = pio?.filter?.split('||').map((term) => Number(/^port==(0x[0-9a-f]+)$/.exec(term)?.[1])) ?? [];
    // 8259A: command and data of both chips; the ELCR of PIIX and ICH
    expect(ports).toEqual([0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1]);
    expect(ports.every((port) => PicPorts.has(port))).toBe(true);
    expect(gunzipSync(fileOf('x86-6.1-event-formats.txt.gz')).toString()).toMatch(/^name: kvm_pio\n(?:(?!^name:)[^])*field:unsigned int port;/m);
  });

  test.each(['tracefs', 'trace-cmd', 'perf'] as const)('a script for %s filters what has a filter, and nothing else', (tool) => {
    const script = shellScript(recipe('x86-kvm'), { tool, buffer: 64, group: 'irqreplay' });
    const filter = /^filter\(\) \{\n(?:(?!^\}).*\n)*\}/m.exec(script)?.[0] ?? '';
    const told = (event: string): string => execFileSync('sh', ['-c', `${filter}\nfilter ${event}`], { encoding: 'utf8' });
    expect([told('kvm/kvm_pio'), told('kvm/kvm_eoi')]).toEqual(['port==0x20||port==0x21||port==0xa0||port==0xa1||port==0x4d0||port==0x4d1\n', '']);
    expect(script).toContain({ tracefs: 'echo "$f" > "$I/events/$e/filter"', 'trace-cmd': '${f:+ -f $f}', perf: '${f:+ --filter $f}' }[tool]);
  });

  test.each(TARGETS)('is what bpftrace prints in place of the probes: %s', (target) => {
    for (const kernel of ['6.1', '6.12', '6.18']) {
      const { clauses, probes } = recipe(target, kernel);
      // what it would print with 1 for each value
      const printedBy = (text: string): string => (/printf\("%s-%d \[%03d\] %llu\.%09llu: (.*)\\n", comm/.exec(text)?.[1] ?? '').replace(/%\w+/g, '1');
      const places = (text: string): [number, number] => [(text.match(/%/g) ?? []).length - 1, text.split(', ').length - 1];
      for (const { text } of clauses) expect(places(text)[0]).toBe(places(text)[1]);
      const names = clauses.map(({ text }) => /: (\w+): \(/.exec(text)?.[1]);
      expect(clauses.length).toBeGreaterThan(3);
      // in a file of its own a call would be told twice: by the tracepoint and by the probe
      const traced = target === 'arm64-kvm' ? /^kvm_set_irq_(?:in|ret)$/ : /^kvm_(?:set_irq_(?:in|ret)|arch_set_irq_inatomic.*|send_userspace_msi)$/;
      expect(names.filter((name) => name !== undefined && traced.test(name))).toEqual([]);
      expect(names.filter((name) => !probes.some((probe) => probe.name === name))).toEqual([]);
      const said = clauses.map(({ text }) => printedBy(text));
      expect(said.map((line) => line.split(':')[0])).toEqual(names);
      expect(said.flatMap(countsOf)).toEqual(names);
    }
  });

  test('says at once that bpftrace is ready: what it writes to a file of its own stays in a buffer', () => {
    const script = shellScript(recipe('vfio', '6.1'), { tool: 'bpftrace', buffer: 64, group: 'irqreplay' });
    expect(script).toMatch(/^BPFTRACE_PERF_RB_PAGES=16 bpftrace -B line -e .*" > probes\.raw &$/m);
    expect(script).not.toMatch(/bpftrace .*-o /);
  });

  test('is read as bpftrace 0.17 printed it', () => {
    const { info, events } = read(capture('trace-cmd/bpftrace.txt'));
    expect(info).toMatchObject({ losses: [], base: 366_225_894_026n });
    expect(Object.fromEntries(info.counts)).toEqual({ eventfd_signal: 12, irqfd_wakeup: 8, irqfd_resampler_ack: 2, vfio_pci_intx_unmask_handler: 2 });
    expect(events.filter(({ kind }) => kind === 'efd.signal')).toHaveLength(8);
    expect(events.filter(({ kind }) => kind === 'kvm.resample')).toHaveLength(2);
  });

  test('is what bpftrace prints of a call, in the lines of trace-cmd', () => {
    const { clauses } = recipe('x86-kvm', '6.1');
    const formats = clauses.filter(({ on }) => on === 'kvm_irqfd').map(({ text }) => /printf\("(.*)\\n"/.exec(text)?.[1]);
    expect(formats).toEqual([
      '%s-%d [%03d] %llu.%09llu: kvm_irqfd: (kvm_irqfd) kvm=0x%llx fd=%d gsi=%u flags=0x%x resamplefd=%d',
      '%s-%d [%03d] %llu.%09llu: kvm_irqfd_ret: (kvm_irqfd) ret=%d',
    ]);
    const { info, events } = read(`CPU 0/KVM-7 [001] 20179.713360123: kvm_irqfd: (kvm_irqfd) kvm=0xffff8881 fd=9 gsi=24 flags=0x0 resamplefd=0
CPU 0/KVM-7 [001] 20179.713370456: kvm_irqfd_ret: (kvm_irqfd) ret=0
`);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'kvm.irqfd.assign', fd: 9, gsi: 24, ret: 0, on: 1, tid: 7 }));
    expect(info.losses).toEqual([]);
  });

  // By the recorder's name: what a line makes an event of on its own, or with the return that follows.
  const RETURN = 'kvm_irqfd_ret: (kvm_vm_ioctl+0x1/0x2 [kvm] <- kvm_irqfd) ret=0';
  test.each([
    ['x86-kvm', 'kvm_irqfd', undefined, [RETURN], 'kvm.irqfd.deassign', ['fd', 'gsi', 'flags', 'resamplefd']],
    ['x86-kvm', 'irqfd_wakeup', '6.1', [], 'efd.signal', ['gsi', 'key']],
    ['x86-kvm', 'irqfd_wakeup', '6.18', [], 'efd.signal', ['gsi', 'key']],
    ['x86-kvm', 'kvm_request_irq_source_id_ret', undefined, [], 'kvm.src.alloc', ['ret']],
    ['x86-kvm', 'kvm_free_irq_source_id', undefined, [], 'kvm.src.free', ['id']],
    ['vfio', 'vfio_intx_handler', undefined, [], 'vfio.irq', ['irq']],
    ['vfio', 'vfio_pci_intx_mask', '6.12', [], 'vfio.mask', ['vdev']],
    ['vfio', 'vfio_pci_intx_unmask_handler', '7.2', [], 'vfio.unmask', ['vdev']],
  ] as const)('%s %s, kernel %s: its fields make the event, and none can be missing', (target, name, kernel, rest, kind, needed) => {
    const probe = probeOf(target, name, kernel);
    const kinds = (without?: string): string[] => read(thread(printed(probe, without), ...rest)).events.map((event) => event.kind);
    expect(kinds()).toContain(kind);
    for (const field of needed) expect(kinds(field)).not.toContain(kind);
  });
});

describe('the kernel decides', () => {
  test('offsets in structures of the kernel are given only where they were checked', () => {
    expect(recipe('x86-kvm', '6.1').probes.find(({ name }) => name === 'irqfd_wakeup')?.line).toContain('gsi=+108(%di):s32');
    expect(recipe('x86-kvm', '6.18').probes.find(({ name }) => name === 'irqfd_wakeup')?.line).toContain('gsi=+108($arg1):s32');
    expect(recipe('x86-kvm', '6.12').probes.find(({ name }) => name === 'irqfd_wakeup')?.line).toContain('gsi=+108(%di):s32');
    // pahole of Debian's 7.2.13: struct kvm_kernel_irqfd has wait at 8, gsi at 132, resampler at 168, eventfd at 200
    expect(recipe('x86-kvm', '7.2').probes.find(({ name }) => name === 'irqfd_wakeup')?.line).toMatch(/ gsi=\+124\(\$arg1\):s32 .* resampler=\+160\(\$arg1\):x64 eventfd=\+192\(\$arg1\):x64 /);
    for (const kernel of [undefined, '5.10', '6.11', '6.19']) {
      expect(recipe('x86-kvm', kernel).omitted).toEqual([]);
      expect(recipe('x86-kvm', kernel).probes.find(({ name }) => name === 'irqfd_wakeup')?.line).toBe('p:irqreplay/irqfd_wakeup irqfd_wakeup kvm=-8($arg1):x64 key=$arg4:x32');
    }
    expect(recipe('arm64-kvm', '6.5').omitted).toEqual(['vgic_queue_irq', 'vgic_populate_lr']);
    expect(recipe('arm64-kvm', '6.5').notes.join()).toMatch(/Left out, .* vgic_queue_irq, vgic_populate_lr/);
  });

  test('the script says whether its set was recorded with on such a kernel', () => {
    const note = (kernel?: string): string => recipe('vfio', kernel).notes.join(' ');
    expect(note('7.2.13')).toContain('structures by the kernel\'s type information: this set was recorded with on 7.2.');
    expect(note('5.10.0-32')).toContain('Probes by argument number: this set was recorded with on 5.10.');
    expect(note('6.18')).toContain('no set was recorded with on 6.18, only on 6.1, 6.12, 5.10, 7.2.');
  });

  test('type information is used since 6.6', () => {
    const queued = (kernel: string): string | undefined => recipe('arm64-kvm', kernel).probes.find(({ name }) => name === 'vgic_queue_irq')?.line;
    // Of a flag no type: with one the kernel fetches the whole byte that several flags share.
    expect([queued('6.11'), queued('6.18')]).toEqual([queued('7.2'), expect.stringContaining(' intid=irq->intid:u32 line=irq->line_level latch=irq->pending_latch ')]);
    expect(queued('6.12')).toContain(' intid=+56(%x1):u32 line=+60(%x1):u8 ');
    const woken = (kernel: string): string | undefined => recipe('arm64-kvm', kernel).probes.find(({ name }) => name === 'irqfd_wakeup')?.line;
    expect(woken('6.1')).toContain(' kvm=-8(%x0):x64 ');
    expect(woken('6.12')).toContain(' kvm=-8(%x0):x64 ');
    for (const kernel of ['5.10', '6.5', '6.11', '7.2']) expect(woken(kernel)).toContain(' kvm=-8($arg1):x64 ');
  });

  test('a mask by a call is shown where it goes past the function that others call', () => {
    const masks = (kernel?: string) => recipe('vfio', kernel).probes.flatMap(({ line }) => /^p:irqreplay\/vfio_pci_intx_mask (\w+)/.exec(line)?.[1] ?? []);
    const both = ['vfio_pci_intx_mask', '__vfio_pci_intx_mask'];
    expect([masks('6.1'), masks('6.8'), masks('6.9'), masks('6.12'), masks()]).toEqual([both.slice(0, 1), both.slice(0, 1), both, both, both.slice(0, 1)]);
  });

  test('source IDs are allocated until 6.16, when the PIT\'s becomes a constant', () => {
    const allocations = (kernel?: string) => recipe('x86-kvm', kernel).probes.filter(({ name }) => name.endsWith('_irq_source_id') || name.endsWith('_irq_source_id_ret')).length;
    expect([allocations(), allocations('6.1'), allocations('6.16'), allocations('6.17')]).toEqual([2, 2, 2, 0]);
  });

  test('an eventfd\'s signal is shown once', () => {
    const signals = (kernel?: string) => recipe('x86-kvm', kernel).probes.map(({ name }) => name).filter((name) => name.startsWith('eventfd_signal'));
    expect([signals('6.7'), signals('6.8'), signals('7.2'), signals()]).toEqual([['eventfd_signal'], ['eventfd_signal_mask'], ['eventfd_signal_mask'], ['eventfd_signal']]);
  });

  test.each(['6', 'six', '6.x', '6.1 or so', ''])('%j is no version', (text) => {
    expect(parseKernel(text)).toBeUndefined();
  });
});

test.each([
  ['7.2', ['apic_register_*', 'vfio_pci_intx_eoi*']],
  ['10.0', ['apic_mem_*', 'e1000e_irq_icr_write*', 'vfio_pci_intx_eoi*']],
])('every pattern of QEMU\'s events fits one of QEMU %s, or has a star, and so draws no warning', (version, others) => {
  const there = linesOf(fileOf(`qemu-${version}-events.txt`).toString());
  const fits = (pattern: string): boolean => there.some((name) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
  expect(there.length).toBeGreaterThan(500);
  expect(QEMU_EVENTS.map(({ pattern }) => pattern).filter((pattern) => !fits(pattern))).toEqual(others);
  expect(others.filter((pattern) => !pattern.includes('*'))).toEqual([]);
  // hw/i386/trace-events is in the programs for x86 alone; hw/intc and hw/pci are in all.
  expect(QEMU_EVENTS.filter(({ pattern }) => /^x86_[^*]*$/.test(pattern))).toEqual([]);
  // All that is read of x86 is recorded, but for what is said elsewhere as well.
  const isRead = (name: string): boolean => /^(?:apic|e1000e|ioapic|kvm|memory_region|msix|pci|pic|resettable|virtio|x86)_/.test(name) && Object.hasOwn(QEMU_BODIES, name);
  const recorded = new RegExp(`^(?:${QEMU_EVENTS.map(({ pattern }) => pattern.replaceAll('*', '.*')).join('|')})$`);
  expect(there.filter((name) => isRead(name) && !recorded.test(name))).toEqual([]);
  // QEMU skips lines that begin with # (trace/control.c, trace_init_events)
  for (const { pattern, floods } of QEMU_EVENTS) expect(qemuRecipe().split('\n')).toContain(floods === true ? `#${pattern}` : pattern);
});
