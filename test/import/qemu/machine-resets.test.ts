// Resets of the machine in QEMU's log: the order of GSIs as QEMU 7.2 prints it at `system_reset`, and BARs as it prints them at `loadvm`.

import { describe, expect, test } from 'vitest';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';
import { E1000E, FROM_RESET, RESET, coverOf, gsi, meaning } from './device-lines.js';

const HPET = "memory_region_ops_read cpu 0 mr 0x1 addr 0xfed000f0 value 0x0 size 4 name 'hpet'";
const GONE = 'pci_update_mappings_del e1000e 00:04.0 3,0xe0040000+0x4000';
const BACK = 'pci_update_mappings_add e1000e 00:04.0 3,0xe0040000+0x4000';
const UNKNOWN = 'vm.reset state=unknown';

/** What the lines mean, but for the levels of lines. */
const told = (lines: readonly string[], setUp: readonly string[] = []): string[] => meaning(lines, setUp).filter((event) => !event.startsWith('intx.'));

describe('a reset of the machine', () => {
  test('shows by the GSIs that its handlers lower in turn; more may be reset before the guest runs on', () => {
    expect(told([HPET, ...RESET, HPET, HPET], FROM_RESET)).toEqual([UNKNOWN, UNKNOWN]);
    // The timer's output rises, others move before the keyboard's.
    expect(told([HPET, gsi(0, 0), gsi(0, 1), gsi(9, 0), gsi(1, 0), gsi(12, 0), gsi(8, 0)], FROM_RESET)).toEqual([UNKNOWN]);
  });

  test('shows by the system bus, where the phases of resets are traced, of any machine', () => {
    const held = (object: string): string => `resettable_phase_hold_exec obj=0x55ed39045890(${object}) method=0`;
    expect(told([HPET, held('isa-i8259'), held('System'), HPET], FROM_RESET)).toEqual([UNKNOWN, UNKNOWN]);
    expect(told([HPET, held('isa-i8259'), held('PCIE'), HPET], FROM_RESET)).toEqual([]);
    expect(coverOf('vm.reset', [held('PCIE')])).toEqual([]);
    expect(coverOf('vm.reset', [held('System'), held('System')])).toEqual(['full']);
  });

  test('is none at the start of the log, where nothing is known yet', () => {
    expect(told([...RESET, HPET])).toEqual([]);
  });

  test('is none where the same GSIs move otherwise: other lines in between, accesses, another thread', () => {
    expect(told([HPET, gsi(0, 0), gsi(1, 0), gsi(2, 0), gsi(12, 0), gsi(8, 0)], FROM_RESET)).toEqual([]);
    expect(told([HPET, gsi(0, 0), gsi(1, 0), HPET, gsi(12, 0), gsi(8, 0)], FROM_RESET)).toEqual([]);
    expect(told([HPET, gsi(0, 0), gsi(1, 0), `8@100.000090:${gsi(12, 0)}`, gsi(8, 0)], FROM_RESET)).toEqual([]);
  });

  test('shows by BARs that go with no write of a configuration space', () => {
    expect(told([HPET, GONE], E1000E)).toEqual([UNKNOWN, 'pci.reset fn=0000:00:04.0']);
    expect(told([HPET, GONE, ...RESET, HPET], FROM_RESET)).toEqual([UNKNOWN, 'pci.reset fn=0000:00:04.0', UNKNOWN, UNKNOWN]);
  });

  test('not where writes of configuration spaces are not recorded', () => {
    expect(told([HPET, BACK, GONE])).toEqual([]);
    expect(coverOf('pci.reset', [HPET, BACK, GONE])).toEqual([]);
    expect(coverOf('pci.reset', E1000E)).toEqual(['full']);
  });

  test('is never unseen in a machine that has shown one by its GSIs', () => {
    expect(coverOf('vm.reset', FROM_RESET)).toEqual(['full']);
    expect(coverOf('vm.reset', [...RESET, HPET, ...RESET])).toEqual(['full']);
    expect(coverOf('vm.reset', E1000E)).toEqual([]);
  });

  test('without accesses each turn of the GSIs is one', () => {
    expect(told([...RESET, ...RESET, ...RESET])).toEqual([UNKNOWN, UNKNOWN]);
  });
});

test('a snapshot is restored where BARs come back with no write: then nothing is known', () => {
  expect(told([HPET, GONE, ...RESET, BACK, HPET], FROM_RESET)).toEqual([UNKNOWN, 'pci.reset fn=0000:00:04.0', UNKNOWN, 'vm.restore']);
  expect(told([...RESET, BACK, HPET])).toEqual(['vm.restore']);
  expect(told([HPET, BACK], FROM_RESET)).toEqual([]);
});

describe('a test program in the CPU\'s place', () => {
  const driven = (line: string): string => `6@:${line}`;
  const ROUTED = driven('pci_cfg_write e1000e 00:04.0 @0x4 <- 0x6');
  const SURE = 'vm.reset state=unknown sure="ioapic"';

  test('shows at an access of the IOAPIC, where those of regions are not recorded', () => {
    expect(told([...RESET, '6@:ioapic_mem_write ioapic mem write addr 0x10 regsel: 0x24 size 0x4 val 0x51'])).toEqual([SURE]);
  });

  test('finds the IOAPIC and all functions as the reset left them', () => {
    expect(told([ROUTED, driven('pci_cfg_read nvme 00:05.0 @0x4 -> 0x100000')], RESET)).toEqual([SURE, 'pci.reset fn=0000:00:04.0', 'pci.cmd fn=0000:00:04.0 intx_disable=0 master=1', 'pci.reset fn=0000:00:05.0', 'pci.cmd.read fn=0000:00:05.0 intx_disable=0', 'pci.status.read fn=0000:00:05.0 int_status=0']);
    expect(coverOf('pci.reset', [...RESET, ROUTED])).toEqual(['full']);
  });

  test('where no line tells its thread a guest may have done it', () => {
    const { events } = decode(qemuLog, `${[...RESET.map((line) => line.replace('6@:', '')), 'ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x24 size 0x4 retval 0x41'].join('\n')}\n`);
    expect(events.filter(({ kind }) => kind === 'vm.reset')).toEqual([]);
    expect(events.map(({ kind }) => kind)).toContain('ioapic.rte.read');
  });

  test('a guest does not: what was loaded without a line may be anything', () => {
    expect(told([ROUTED.replace('6@:', '')], RESET)).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=0 master=1']);
    expect(told([driven(HPET)], RESET)).toEqual([]);
  });

  test('nor where a BAR has come without an order', () => {
    expect(told([driven(BACK), ROUTED], RESET)).toEqual(['vm.restore', 'pci.cmd fn=0000:00:04.0 intx_disable=0 master=1']);
  });
});
