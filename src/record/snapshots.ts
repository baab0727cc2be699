// Snapshots of the chips, taken while a recording runs: whom to ask, and how. QEMU's monitor (hmp-commands-info.hx) tells of x86 machines,
// whoever has the chips; KVM's debugfs (arch/arm64/kvm/vgic/vgic-debug.c) of guests on arm64.

import type { Kind } from '../kinds.js';

type Place = 'x86-host' | 'arm64-host' | 'qemu';

interface Snapshot {
  /** What is asked; the importer names its events so. */
  readonly name: string;
  readonly shows: readonly Kind[];
}

const MONITOR: readonly Snapshot[] = [
  { name: 'info lapic', shows: ['apic.read'] },
  { name: 'info pic', shows: ['pic.read'] },
  { name: 'info ioapic', shows: ['ioapic.rte.read', 'ioapic.dst.read'] },
];

export const SNAPSHOTS: Readonly<Record<Place, readonly Snapshot[]>> = {
  'x86-host': MONITOR,
  qemu: MONITOR,
  'arm64-host': [{ name: 'vgic-state', shows: ['vgic.state'] }],
};

const UPTIME = "t() { echo \"=== uptime $(cut -d' ' -f1 /proc/uptime)\"; }";
const TIME_OF_DAY = 't() { echo "=== time $(date +%s.%N)"; }';

/** The pauses: a printed uptime is known to 10 ms only, and nothing may happen in them. Of many local APICs each is asked for by its number. */
const monitorCommands = (clock: string): string[] => [
  clock,
  "m() { printf '%s\\n' \"$@\" | socat - unix:monitor.sock; }",
  `{ m stop; sleep 0.1; t; m 'info lapic 0' ${MONITOR.slice(1).map(({ name }) => `'${name}'`).join(' ')}; t; sleep 0.1; m cont; } >> monitor.txt`,
];

const COMMANDS: Readonly<Record<Place, readonly string[]>> = {
  'x86-host': monitorCommands(UPTIME),
  qemu: monitorCommands(TIME_OF_DAY),
  'arm64-host': [UPTIME, '{ t; cat /sys/kernel/debug/kvm/*/vgic-state; t; } >> vgic.txt'],
};

/** Comments of a recipe's script. `recording`: the file that it makes. */
export function snapshotLines(place: Place, recording: string): string[] {
  const isMonitor = place !== 'arm64-host';
  return [
    '# State of the chips, to be compared with what is recorded: from another shell, as often as you like while this runs,',
    ...(isMonitor ? ['# of an x86 QEMU with -monitor unix:monitor.sock,server=on,wait=off; `info lapic` for each vCPU; old versions have an `info ioapic` of their own'] : []),
    ...COMMANDS[place].map((line) => `#   ${line}`),
    `# and afterwards: irqreplay check ${recording} ${isMonitor ? 'monitor.txt' : 'vgic.txt'}`,
  ];
}
