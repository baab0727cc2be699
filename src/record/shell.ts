// A recipe as a shell script that records one command's run and puts back what it changed: through tracefs alone, trace-cmd, perf,
// or trace-cmd with bpftrace in place of the kernel's own probes.

import type { Recipe } from './recipe.js';
import { snapshotLines } from './snapshots.js';

export const KERNEL_TOOLS = ['trace-cmd', 'perf', 'tracefs', 'bpftrace'] as const;
export type KernelTool = (typeof KERNEL_TOOLS)[number];

interface ScriptOptions {
  readonly tool: KernelTool;
  /** Size of each CPU's buffer, kB. */
  readonly buffer: number;
  /** The probes' group of events. */
  readonly group: string;
}

const TITLES = {
  'x86-kvm': 'Interrupts of KVM guests on an x86 host',
  vfio: 'Interrupts of KVM guests with assigned devices on an x86 host',
  'arm64-kvm': 'Interrupts of KVM guests on an arm64 host',
} as const;

/** What a tool's script leaves in the current folder. */
const RECORDING = { tracefs: 'trace.txt', 'trace-cmd': 'trace.txt', perf: 'trace.txt', bpftrace: 'trace.txt probes.txt' } as const satisfies Record<KernelTool, string>;

const eventList = ({ tracepoints }: Recipe): string => tracepoints.map(({ system, name }) => `${system}/${name}`).join('\n');

/** Defines the probes; what this kernel refuses is told and left out. */
const probePart = ({ probes }: Recipe, group: string): string[] => probes.length === 0 ? [] : [
  'probe() {',
  '  if echo "$1" 2> /dev/null >> "$T/kprobe_events"; then PROBES=yes; else echo "not recorded, this kernel refuses it: $1" >&2; fi',
  '}',
  ...probes.map(({ line }) => `probe '${line}'`),
  `[ -z "$PROBES" ] || EVENTS="$EVENTS ${group}"`,
];

const unprobe = ({ probes }: Recipe, group: string): string =>
  probes.length === 0 ? ':' : `for p in ${[...new Set(probes.map(({ name }) => name))].join(' ')}; do echo "-:${group}/$p" >> "$T/kprobe_events"; done 2> /dev/null`;

/** Tells which of an event's records are wanted, nothing for all. */
const filterPart = ({ tracepoints }: Recipe): string[] => [
  'filter() {',
  '  case $1 in',
  ...tracepoints.flatMap(({ system, name, filter }) => (filter === undefined ? [] : [`    ${system}/${name}) echo '${filter}';;`])),
  '  esac',
  '}',
];

/** Goes through the events that this kernel has; `$f` is an event's filter. */
const forEvents = (action: string): string[] => [
  'for e in $EVENTS; do',
  '  f=$(filter "$e")',
  `  if [ -e "$T/events/$e" ]; then ${action}; else echo "not recorded, this kernel does not have it: $e" >&2; fi`,
  'done',
];

function head(recipe: Recipe, { tool, group }: ScriptOptions): string[] {
  return [
    '#!/bin/sh',
    `# ${TITLES[recipe.target]}, for irqreplay. As root: sh THIS_FILE COMMAND...`,
    ...recipe.notes.map((note) => `# ${note}`),
    '# Load kvm (and vfio_pci) before: a probe on a function that is not there is refused.',
    ...snapshotLines(recipe.target === 'arm64-kvm' ? 'arm64-host' : 'x86-host', RECORDING[tool]),
    'T=${TRACEFS:-/sys/kernel/tracing}',
    '[ -d "$T/events" ] || mount -t tracefs nodev "$T" || exit 2',
    'PROBES=',
    'EVENTS="',
    eventList(recipe),
    '"',
    ...probePart(recipe, group),
    ...filterPart(recipe),
  ];
}

function tracefs(recipe: Recipe, options: ScriptOptions): string[] {
  const { buffer, group } = options;
  return [
    `I="$T/instances/${group}"`,
    'mkdir "$I" || exit 2',
    `restore() { echo 0 > "$I/tracing_on"; echo 0 > "$I/events/enable"; ${unprobe(recipe, group)}; rmdir "$I"; }`,
    'trap restore EXIT; trap "exit 130" INT TERM',
    'echo mono > "$I/trace_clock"',
    `echo ${buffer} > "$I/buffer_size_kb"`,
    '# whose thread it was, should several VMs run',
    '[ ! -e "$I/options/record-tgid" ] || echo 1 > "$I/options/record-tgid"',
    ...forEvents('{ [ -z "$f" ] || echo "$f" > "$I/events/$e/filter"; } && echo 1 > "$I/events/$e/enable"'),
    '"$@"',
    'echo 0 > "$I/tracing_on"',
    'cat "$I/trace" > trace.txt',
  ];
}

/** trace-cmd and perf take events as `system:name`, and a filter behind its event. */
const asOptions = (action: string, filter: string): string[] => [
  'set -f',
  'OPTIONS=',
  ...forEvents(`case $e in */*) OPTIONS="$OPTIONS -e ${'${e%%/*}:${e#*/}'}${'${f:+ '}${filter} ${'$f}'}";; *) OPTIONS="$OPTIONS ${action}";; esac`),
];

/** `beside`: ends what runs beside trace-cmd. */
function traceCmd(recipe: Recipe, { buffer, group }: ScriptOptions, beside = ':'): string[] {
  return [
    `I="$T/instances/${group}"`,
    '[ ! -e "$I" ] || { echo "$I is in use" >&2; exit 2; }',
    '# trace-cmd leaves its instance, which would hold the probes',
    `restore() { [ ! -e "$I" ] || rmdir "$I"; ${beside}; ${unprobe(recipe, group)}; }`,
    'trap restore EXIT; trap : INT TERM',
    ...asOptions('-e $e', '-f'),
    '# -B with -d -k: an instance of its own, and no need of the function tracer',
    `trace-cmd record -q -B ${group} -d -k -C mono -b ${buffer} $OPTIONS -o trace.dat "$@"`,
    'trace-cmd report -t -i trace.dat > trace.txt',
  ];
}

/** Pages of the ring buffer, a power of two. */
const pages = (kb: number): number => 2 ** Math.max(0, Math.floor(Math.log2(kb / 4)));

function perf(recipe: Recipe, { buffer, group }: ScriptOptions): string[] {
  return [
    `restore() { ${unprobe(recipe, group)}; }`,
    'trap restore EXIT; trap : INT TERM',
    ...asOptions('-e $e:*', '--filter'),
    '# perf script leaves out, without a word, what was sampled while a guest ran: trace-cmd shows more',
    `perf record -q -a -k CLOCK_MONOTONIC -m ${pages(buffer)} $OPTIONS -o perf.data -- "$@"`,
    'perf script --ns --show-lost-events -F comm,pid,tid,cpu,time,event,trace -i perf.data > trace.txt',
  ];
}

/**
 * Its lines look like trace-cmd's, on the same clock, in a file of their own: sorted, because it reads the buffers of the CPUs in turn.
 * Where it lost events it does not tell, so that nothing could be concluded from what is left.
 */
function bpftrace(recipe: Recipe, options: ScriptOptions): string[] {
  return [
    'PROGRAM=',
    'clause() {',
    '  if grep -q " $1\\b" /proc/kallsyms; then PROGRAM="$PROGRAM $2"; else echo "not recorded, this kernel does not have it: $1" >&2; fi',
    '}',
    ...recipe.clauses.map(({ on, text }) => `clause ${on} '${text}'`),
    'rm -f probes.raw',
    '# lines as they come: a buffer would keep the first word back',
    `BPFTRACE_PERF_RB_PAGES=${pages(options.buffer)} bpftrace -B line -e 'BEGIN { printf("ready\\n"); }'" $PROGRAM" > probes.raw &`,
    'B=$!',
    'until grep -q ready probes.raw 2> /dev/null; do kill -0 $B || exit 2; sleep 1; done',
    '# once: another process may have its number then',
    'end() { [ -z "$B" ] || { kill -INT $B; wait $B; }; B=; }',
    ...traceCmd(recipe, options, 'end'),
    'end',
    'if grep -q "^Lost " probes.raw; then echo "bpftrace lost events: record again with a larger --buffer" >&2; exit 2; fi',
    `grep '\\] [0-9]*\\.[0-9]*: ' probes.raw | sort -s -t ']' -k 2n > probes.txt`,
  ];
}

const TOOLS = { tracefs, 'trace-cmd': traceCmd, perf, bpftrace } as const satisfies Record<KernelTool, (recipe: Recipe, options: ScriptOptions) => string[]>;

export function shellScript(recipe: Recipe, options: ScriptOptions): string {
  const { tool } = options;
  const withoutProbes: Recipe = { ...recipe, probes: [], notes: ['Probes by bpftrace 0.17 or later, by argument number.'] };
  const given = tool === 'bpftrace' ? withoutProbes : recipe;
  return [...head(given, options), ...TOOLS[tool](given, options), `irqreplay check ${RECORDING[tool]}`, ''].join('\n');
}
