// What the lines of the e1000e model mean, of which a log may have some alone (QEMU 7.2 hw/net/e1000e_core.c, hw/net/trace-events).

import { describe, expect, test } from 'vitest';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';
import { FROM_RESET, coverOf, meaning } from './device-lines.js';

describe('e1000e', () => {
  test('a fire has one of two lines: while only one has been seen, fires may go unseen', () => {
    const notify = 'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2';
    const postponed = 'e1000e_irq_msix_notify_postponed_vec Sending MSI-X postponed by EITR[2]';
    const configOf = (lines: readonly string[]): string[] =>
      decode(qemuLog, `${[...FROM_RESET, ...lines].map((line) => `7@100.000000:${line}`).join('\n')}\n`).events.flatMap((event) => (event.kind === 'meta.cfg' && event.unseen_fires !== undefined ? [`${event.at} ${event.unseen_fires}`] : []));
    const first = FROM_RESET.length + 1;
    expect(configOf([notify, notify])).toEqual([`${first} 1`]);
    expect(configOf([postponed, postponed])).toEqual([`${first} 1`]);
    expect(configOf([notify, notify, postponed, notify])).toEqual([`${first} 1`, `${first + 2} 0`]);
  });

  test('what an unmask of causes clears has lines of its own, which may not be recorded', () => {
    const off = 'pci_cfg_read e1000e 00:04.0 @0xa2 -> 0x4';
    const on = ['pci_cfg_write e1000e 00:04.0 @0xa2 <- 0x8000', 'msix_write_config dev e1000e enabled 1 masked 0'];
    const unmask = (causes: string): string => `e1000e_irq_set_ims Setting IMS bits 0x${causes}: 0x0 --> 0x${causes}`;
    const clears = 'e1000e_irq_msix_pending_clearing Clearing MSI-X pending bit for cause 0x100000, IVAR config 0x8, vector 0';
    const withdrawn = (lines: readonly string[]): string[] => meaning(lines, [...FROM_RESET, off]).filter((event) => event.startsWith('msix.reason'));
    expect(withdrawn([unmask('1f00004')])).toEqual([]);
    expect(withdrawn([...on, unmask('4')])).toEqual([]);
    expect(withdrawn([...on, unmask('1f00004')])).toEqual([0, 1, 2, 3, 4].map((row) => `msix.reason.clear fn=0000:00:04.0 entry=${row} maybe=1`));
    expect(withdrawn([...on, clears, unmask('1f00004')])).toEqual(['msix.reason.clear fn=0000:00:04.0 entry=0']);
    expect(coverOf('msix.reason.clear', [...FROM_RESET, 'e1000e_irq_write_ics Adding ICR bits 0x100000'])).toEqual([]);
    expect(coverOf('msix.reason.clear', [...FROM_RESET, unmask('4'), unmask('4')])).toEqual(['full']);
  });

  test('a write of PBACLR clears Pending bits without a line; one by the ports may', () => {
    const write = (region: string, addr: string, value: string): string => `memory_region_ops_write cpu 0 mr 0x7f20 addr 0x${addr} value 0x${value} size 4 name '${region}'`;
    expect(meaning([write('e1000e-mmio', 'e0005b68', '12'), write('e1000e-mmio', 'e0005b60', '12')], FROM_RESET)).toEqual([1, 4].map((row) => `msix.reason.clear fn=0000:00:04.0 entry=${row}`));
    expect(meaning([write('e1000e-io', 'c004', '12'), write('e1000e-io', 'c000', '5b68')], FROM_RESET)).toHaveLength(5);
  });
});
