// Lines of QEMU's log for the tests of its devices, as QEMU 7.2 prints them, and how what they mean is shown.

import { expect } from 'vitest';
import { formatEvent } from '../../../src/import/irq-write.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';

export const gsi = (line: number, level: 0 | 1): string => `x86_gsi_interrupt GSI interrupt #${line} level:${level}`;

/** A PC is reset: GSIs of timer, keyboard, mouse and clock go low. */
export const RESET = [0, 1, 12, 8].map((line) => gsi(line, 0));

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

/** A line is of thread 7, or of the one it names. */
const stamped = (lines: readonly string[]): string => lines.map((line, n) => (/^\d+@/.test(line) ? line : `7@100.${String(n).padStart(6, '0')}:${line}`)).join('\n');

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
