// Lines of QEMU's log for the tests of its devices, as QEMU 7.2 prints them, and how what they mean is shown.

import { expect } from 'vitest';
import { formatEvent } from '../../../src/import/irq-write.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';

export const gsi = (line: number, level: 0 | 1): string => `x86_gsi_interrupt GSI interrupt #${line} level:${level}`;

/** A PC is reset, by QEMU's main loop, which runs no vCPU: GSIs of timer, keyboard, mouse and clock go low. */
export const RESET = [0, 1, 12, 8].map((line) => `6@:${gsi(line, 0)}`);

/** Capability list, BARs and table of an e1000e: MSI-X at 0xa0, table at offset 0 and PBA at 0x2000 of BAR 3. */
export const E1000E = [
  'pci_cfg_read e1000e 00:04.0 @0x34 -> 0xa0',
  'pci_cfg_read e1000e 00:04.0 @0xa0 -> 0x11',
  'pci_cfg_read e1000e 00:04.0 @0xa4 -> 0x3',
  'pci_cfg_read e1000e 00:04.0 @0xa8 -> 0x2003',
  'pci_cfg_write e1000e 00:04.0 @0x4 <- 0x7',
  'pci_update_mappings_add e1000e 00:04.0 3,0xe0040000+0x4000',
];
export const FROM_RESET = [...RESET, ...E1000E];

/** A line is of thread 7, or of the one it names, and has the time that it names. */
export const stamped = (lines: readonly string[]): string =>
  lines.map((line, n) => (/^\d+@\d/.test(line) ? line : `${/^\d+@:/.test(line) ? '' : '7@:'}${line}`.replace('@:', `@100.${String(n).padStart(6, '0')}:`))).join('\n');

/** What the lines behind `setUp` mean, in litmus form without stamp and source. */
export function meaning(lines: readonly string[], setUp: readonly string[] = []): string[] {
  const { events, info } = decode(qemuLog, `${stamped([...setUp, ...lines])}\n`);
  expect(info.losses).toEqual([]);
  return events
    .filter(({ at, kind }) => at > setUp.length && kind !== 'meta.chan' && kind !== 'meta.cfg' && !kind.startsWith('ioapic'))
    .map((event) => formatEvent({ ...event, ns: Number.NaN, tid: -1, on: -1 }).replace(/ src=.*/, ''));
}

/** What the lines tell of a channel, in turn. */
export function coverOf(chan: string, lines: readonly string[]): string[] {
  const { events } = decode(qemuLog, `${stamped(lines)}\n`);
  return events.flatMap((event) => (event.kind === 'meta.chan' && event.chan === chan ? [event.cover] : []));
}

/** A virtio function, reset by its driver. */
export const VIRTIO = [
  'pci_cfg_write virtio-blk-pci 00:05.0 @0x4 <- 0x7',
  'pci_update_mappings_add virtio-blk-pci 00:05.0 4,0xe1000000+0x4000',
  "memory_region_ops_write cpu 0 mr 0x7f30 addr 0xe1000014 value 0x0 size 1 name 'virtio-pci-common-virtio-blk'",
  'virtio_set_status vdev 0x55e0 val 0',
];

export const isr = (value: number): string => `memory_region_ops_read cpu 0 mr 0x7f40 addr 0xe1001000 value 0x${value} size 1 name 'virtio-pci-isr-virtio-blk'`;

/** Something else that a thread does. */
export const HPET = "memory_region_ops_read cpu 0 mr 0x1 addr 0xfed000f0 value 0x0 size 4 name 'hpet'";
