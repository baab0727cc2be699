// What the lines of the e1000e model mean, of which a log may have some alone, and those of igb (QEMU 7.2 and 10.0 hw/net/e1000e_core.c, hw/net/trace-events; 10.0 igb_core.c).

import { describe, expect, test } from 'vitest';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';
import { FROM_RESET, coverOf, meaning, stamped } from './device-lines.js';

const write = (region: string, addr: string, value: string): string => `memory_region_ops_write cpu 0 mr 0x7f20 addr 0x${addr} value 0x${value} size 4 name '${region}'`;
const reasonsOf = (lines: readonly string[], setUp: readonly string[]): string[] => meaning(lines, setUp).filter((event) => event.startsWith('msix.reason'));
const withdrawn = (row: number, maybe = ''): string => `msix.reason.clear fn=0000:00:04.0 entry=${row}${maybe}`;

describe('e1000e', () => {
  const off = 'pci_cfg_read e1000e 00:04.0 @0xa2 -> 0x4';
  const on = ['pci_cfg_write e1000e 00:04.0 @0xa2 <- 0x8000', 'msix_write_config dev e1000e enabled 1 masked 0'];
  const clears = 'e1000e_irq_msix_pending_clearing Clearing MSI-X pending bit for cause 0x100000, IVAR config 0x8, vector 0';

  test('a fire has one of two lines: while only one has been seen, fires may go unseen', () => {
    const notify = 'e1000e_irq_msix_notify_vec MSI-X notify vector 0x2';
    const postponed = 'e1000e_irq_msix_notify_postponed_vec Sending MSI-X postponed by EITR[2]';
    const configOf = (lines: readonly string[]): string[] =>
      decode(qemuLog, `${stamped([...FROM_RESET, ...lines])}\n`).events.flatMap((event) => (event.kind === 'meta.cfg' && event.unseen_fires !== undefined ? [`${event.at} ${event.unseen_fires}`] : []));
    const first = FROM_RESET.length + 1;
    expect(configOf([notify, notify])).toEqual([`${first} 1`]);
    expect(configOf([postponed, postponed])).toEqual([`${first} 1`]);
    expect(configOf([notify, notify, postponed, notify])).toEqual([`${first} 1`, `${first + 2} 0`]);
  });

  test('what an unmask of causes clears has lines of its own, which may not be recorded', () => {
    const unmask = (causes: string): string => `e1000e_irq_set_ims Setting IMS bits 0x${causes}: 0x0 --> 0x${causes}`;
    const sets = (register: string, causes: string): string => `e1000e_irq_set Setting interrupt register 0x${register}: 0x4 --> 0x${causes}`;
    const reasons = (lines: readonly string[]): string[] => reasonsOf(lines, [...FROM_RESET, off]);
    for (const line of [unmask, (causes: string): string => sets('d0', causes)]) {
      expect(reasons([line('1f00004')])).toEqual([]);
      expect(reasons([...on, line('4')])).toEqual([]);
      expect(reasons([...on, line('1f00004')])).toEqual([0, 1, 2, 3, 4].map((row) => withdrawn(row, ' maybe=1')));
      expect(reasons([...on, clears, line('1f00004')])).toEqual([withdrawn(0)]);
      expect(coverOf('msix.reason.clear', [...FROM_RESET, line('4'), line('4')])).toEqual(['full']);
    }
    // ICR
    expect(reasons([...on, sets('c0', '1f00004')])).toEqual([]);
    for (const line of ['e1000e_irq_write_ics Adding ICR bits 0x100000', sets('c0', '1f00004')]) expect(coverOf('msix.reason.clear', [...FROM_RESET, line])).toEqual([]);
  });

  test('a write of PBACLR clears Pending bits without a line, unless MSI-X is off; one by the ports may', () => {
    const lines = [write('e1000e-mmio', 'e0005b68', '12'), write('e1000e-mmio', 'e0005b60', '12')];
    expect(reasonsOf(lines, [...FROM_RESET, off, ...on])).toEqual([1, 4].map((row) => withdrawn(row)));
    expect(reasonsOf(lines, FROM_RESET)).toEqual([1, 4].map((row) => withdrawn(row, ' maybe=1')));
    const disabled = ['pci_cfg_write e1000e 00:04.0 @0xa2 <- 0x0', 'msix_write_config dev e1000e enabled 0 masked 0'];
    expect(reasonsOf(lines, [...FROM_RESET, off, ...disabled])).toEqual([]);
    expect(meaning([write('e1000e-io', 'c004', '12'), write('e1000e-io', 'c000', '5b68')], FROM_RESET)).toHaveLength(5);
  });
});

describe('igb prints the lines of e1000e', () => {
  const IGB = FROM_RESET.map((line) => line.replace('e1000e', 'igb'));
  const on = ['pci_cfg_read igb 00:04.0 @0xa2 -> 0x9', 'pci_cfg_write igb 00:04.0 @0xa2 <- 0x8009', 'msix_write_config dev igb enabled 1 masked 0'];
  const notify = (row: string): string => `e1000e_irq_msix_notify_vec MSI-X notify vector 0x${row}`;
  const fires = (lines: readonly string[], setUp: readonly string[]): string[] => meaning(lines, [...setUp, ...on]).filter((event) => event.startsWith('msix.fire'));

  test('a cause beyond its ten vectors signals nothing', () => {
    expect(fires([notify('9'), notify('a')], IGB)).toEqual(['msix.fire fn=0000:00:04.0 entry=9']);
  });

  test.each(['e1000e', 'igbvf'])('beside an %s nobody knows whose fire it is', (other) => {
    expect(fires([notify('1')], [...IGB, `pci_cfg_read ${other} 00:05.0 @0x0 -> 0x10d38086`])).toEqual([]);
  });

  test('nothing but PBACLR clears its Pending bits: its own, or that of a virtual function', () => {
    const line = notify('1');
    expect(coverOf('msix.reason.clear', [...IGB, ...on, line])).toEqual(['full']);
    expect(reasonsOf([write('igb-mmio', 'e0005b68', '2')], [...IGB, ...on])).toEqual([withdrawn(1)]);
    const virtual = 'pci_cfg_read igbvf 01:10.0 @0x0 -> 0x10ca8086';
    expect(coverOf('msix.reason.clear', [...IGB, ...on, line, virtual, write('igbvf-mmio', 'e0100f04', '2')])).toEqual(['full', 'partial']);
  });

  test('its line, while no e1000e is there', () => {
    const line = 'e1000e_irq_legacy_notify IRQ line state: 1';
    expect(meaning([line], IGB)).toEqual(['intx.assert fn=0000:00:04.0']);
    const two = meaning([line], [...IGB, 'pci_cfg_read e1000e 00:05.0 @0x0 -> 0x10d38086']);
    expect(two).toEqual(['intx.maybe fn=0000:00:04.0 level=1', 'intx.maybe fn=0000:00:05.0 level=1']);
  });
});
