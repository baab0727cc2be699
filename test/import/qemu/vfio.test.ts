// What QEMU prints of the host's functions and of the routes of their MSIs (QEMU 7.2, 10.0 and 11.1 hw/vfio/pci.c, hw/vfio/trace-events, accel/kvm/trace-events).

import { describe, expect, test } from 'vitest';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { decode } from '../decode.js';
import { RESET, coverOf, gsi, meaning, stamped } from './device-lines.js';

const HOST = '0000:01:00.0';
const GUEST = '0000:00:04.0';
/** The guest's first accesses: BAR 3 of the function, with the table, and a write by which QEMU names it. */
const NAMED = [
  `vfio_msix_early_setup ${HOST} PCI MSI-X CAP @0xa0, BAR 3, offset 0x0, entries 5`,
  ...RESET,
  'pci_cfg_write vfio-pci 00:04.0 @0x4 <- 0x7',
  `vfio_pci_write_config  (${HOST}, @0x4, 0x7, len=0x2)`,
  'pci_update_mappings_add vfio-pci 00:04.0 3,0xe0040000+0x4000',
];
const row = (offset: string, value: string): string => `memory_region_ops_write cpu 0 mr 0x7f10 addr 0xe00400${offset} value 0x${value} size 4 name 'msix-table'`;
const message = "memory_region_ops_write cpu -1 mr 0x7f20 addr 0xfee00000 value 0x41 size 4 name 'kvm-apic-msi'";
/** An access of something else. */
const elsewhere = "memory_region_ops_read cpu 0 mr 0x1 addr 0xfed000f0 value 0x0 size 4 name 'hpet'";
const on = ['pci_cfg_write vfio-pci 00:04.0 @0xa2 <- 0x8004', 'msix_write_config dev vfio-pci enabled 1 masked 0', `vfio_intx_disable  (${HOST})`, `vfio_msix_enable  (${HOST})`];

describe('lines of VFIO', () => {
  test.each([
    [`vfio_intx_enable_kvm  (${HOST}) KVM INTx accel enabled`, `vfio.fast dev=${HOST}`],
    [`vfio_intx_disable_kvm  (${HOST}) KVM INTx accel disabled`, `vfio.slow dev=${HOST}`],
    [`vfio_intx_enable  (${HOST})`, `vfio.on dev=${HOST} mode=intx`],
    [`vfio_intx_disable  (${HOST})`, `vfio.off dev=${HOST} mode=intx`],
    [`vfio_msi_enable  (${HOST}) Enabled 4 MSI vectors`, `vfio.on dev=${HOST} mode=msi`],
    [`vfio_msi_disable  (${HOST})`, `vfio.off dev=${HOST} mode=msi`],
    [`vfio_msix_enable  (${HOST})`, `vfio.on dev=${HOST} mode=msix`],
    [`vfio_msix_disable  (${HOST})`, `vfio.off dev=${HOST} mode=msix`],
    [`vfio_intx_interrupt  (${HOST}) Pin C`, `vfio.take dev=${HOST}`],
    [`vfio_intx_eoi  (${HOST}) EOI`, `vfio.end dev=${HOST}`],
    [`vfio_pci_intx_eoi  (${HOST}) EOI`, `vfio.end dev=${HOST}`],
    [`vfio_msix_vector_do_use  (${HOST}) vector 12 used`, `vfio.use dev=${HOST} entry=12`],
    [`vfio_msix_vector_release  (${HOST}) vector 12 released`, `vfio.release dev=${HOST} entry=12`],
    [`vfio_msi_interrupt  (${HOST}) vector 1 0x1fee00000/0x8041`, `vfio.msi dev=${HOST} entry=1 addr=0x1fee00000 data=0x8041`],
    [`vfio_msix_pba_enable  (${HOST})`, `vfio.pba dev=${HOST} val=1`],
    [`vfio_msix_pba_disable  (${HOST})`, `vfio.pba dev=${HOST} val=0`],
    ['vfio_msix_enable  (83b8f4f2-509f-382f-3c1e-e6bfe0fa1001)', 'vfio.on dev=83b8f4f2-509f-382f-3c1e-e6bfe0fa1001 mode=msix'],
    ['kvm_irqchip_add_msi_route dev vfio-pci vector 3 virq 24', 'kvm.route.add gsi=24 entry=3'],
    ['kvm_irqchip_update_msi_route Updating MSI route virq=24', 'kvm.route.update gsi=24'],
    ['kvm_irqchip_release_virq virq 24', 'kvm.route.release gsi=24'],
    ['kvm_irqchip_commit_routes ', 'kvm.route.commit'],
  ])('%s', (line, event) => {
    expect(meaning([line])).toEqual([event]);
  });

  test.each([
    [`vfio_intx_interrupt  (${HOST}) Pin E`],
    [`vfio_msix_vector_do_use  (${HOST}) vector 2048 used`],
    [`vfio_msix_vector_do_use  (${HOST}) vector 1 released`],
    [`vfio_msix_enable  (${HOST}`],
    ['kvm_irqchip_add_msi_route dev vfio-pci vector x virq 24'],
  ])('%s is none of QEMU\'s', (line) => {
    expect(decode(qemuLog, `${stamped([...RESET, ...RESET, line, ...RESET])}\n`).info.losses).toHaveLength(1);
  });

  test('that QEMU 10.0 ends otherwise', () => {
    expect(meaning([`vfio_msix_early_setup ${HOST} PCI MSI-X CAP @0xa0, BAR 3, offset 0x0, entries 5, noresize 0`])).toEqual([]);
  });
});

describe('which function of the guest\'s one of the host\'s is', () => {
  const told = (lines: readonly string[]): string[] =>
    decode(qemuLog, `${stamped(lines)}\n`).events.flatMap((event) => (event.kind === 'meta.cfg' && event.dev !== undefined ? [`${event.at} ${event.dev} ${event.fn} ${event.msix_n}`] : []));

  test('shows by a line within an access of it', () => {
    expect(told(NAMED)).toEqual([`${NAMED.length - 1} ${HOST} ${GUEST} 5`]);
  });

  test('does not by one of another thread, or behind another access, or within one of another model', () => {
    const write = 'pci_cfg_write vfio-pci 00:04.0 @0x4 <- 0x7';
    const line = `vfio_msix_enable  (${HOST})`;
    expect(told([...RESET, write, `9@:${line}`])).toEqual([]);
    expect(told([...RESET, write, elsewhere, line])).toEqual([]);
    expect(told([...RESET, write.replace('vfio-pci', 'e1000e'), line])).toEqual([]);
    expect(told([...RESET, write, line])).toHaveLength(1);
  });

  test('is another one when another has been plugged in its place', () => {
    const other = NAMED.slice(-3, -1).map((line) => line.replace(HOST, '0000:02:00.0'));
    expect(told([...NAMED, ...other]).map((text) => text.replace(/^\d+ /, ''))).toEqual([`${HOST} ${GUEST} 5`, `0000:02:00.0 ${GUEST} 5`]);
    // What is said of the first again is not of that function.
    expect(meaning([`vfio_msi_interrupt  (${HOST}) vector 1 0xfee00000/0x41`], [...NAMED, ...on, ...other, elsewhere])).toEqual([`vfio.msi dev=${HOST} entry=1 addr=0xfee00000 data=0x41`]);
  });

  test('whose table it is, is told before any read of its capability', () => {
    expect(meaning([row('1c', '0')], NAMED)).toEqual([`msix.write fn=${GUEST} entry=1 field=vc val=0x0 len=4`]);
  });
});

describe('an interrupt that QEMU takes', () => {
  const taken = `vfio_msi_interrupt  (${HOST}) vector 1 0xfee00000/0x41`;

  test('is a fire of the entry, and the message that follows is the entry\'s', () => {
    expect(meaning([taken, message], [...NAMED, ...on])).toEqual([
      `vfio.msi dev=${HOST} entry=1 addr=0xfee00000 data=0x41`,
      `msix.fire fn=${GUEST} entry=1`,
      `msix.msg fn=${GUEST} entry=1 addr=0xfee00000 data=0x41 sure=0`,
    ]);
  });

  test('is no fire by MSI', () => {
    const msi = ['pci_cfg_write vfio-pci 00:04.0 @0xd2 <- 0x81', `vfio_msi_enable  (${HOST}) Enabled 1 MSI vectors`];
    expect(meaning([taken], [...NAMED, ...msi])).toEqual([`vfio.msi dev=${HOST} entry=1 addr=0xfee00000 data=0x41`]);
  });

  test('of a function that nobody knows withholds fires', () => {
    expect(coverOf('msix.fire', [...RESET, taken])).toEqual(['partial']);
  });

  test('is the wire of its INTx', () => {
    const slow = [...NAMED, `vfio_intx_enable  (${HOST})`];
    const take = `vfio_intx_interrupt  (${HOST}) Pin A`;
    expect(meaning([take, gsi(20, 1), elsewhere, `vfio_intx_eoi  (${HOST}) EOI`, gsi(20, 0)], slow)).toEqual([
      `vfio.take dev=${HOST}`,
      `intx.assert fn=${GUEST}`,
      `intx.line line=20 level=1 by=${GUEST}`,
      `vfio.end dev=${HOST}`,
      `intx.deassert fn=${GUEST}`,
      `intx.line line=20 level=0 by=${GUEST}`,
    ]);
    // MSI in its place, or KVM, lowers it before that shows.
    for (const line of [`vfio_intx_disable  (${HOST})`, `vfio_intx_enable_kvm  (${HOST}) KVM INTx accel enabled`]) {
      expect(meaning([line], [...slow, take])).toContain(`intx.deassert fn=${GUEST}`);
      expect(meaning([line], slow)).not.toContain(`intx.deassert fn=${GUEST}`);
    }
  });

  test('may be over when the line moves', () => {
    expect(meaning([`vfio_intx_update  (${HOST}) IRQ moved 20 -> -1`], NAMED)).toEqual([`intx.maybe fn=${GUEST} level=0`]);
  });
});

test('a register read while an INTx is taken ends it, unless the read fails', () => {
  const read = (value: string, size = 4): string => `memory_region_ops_read cpu 0 mr 0x7f30 addr 0xfeb200c0 value 0x${value} size ${size} name '${HOST} BAR 0'`;
  const taken = [...NAMED, `vfio_intx_enable  (${HOST})`, `vfio_intx_interrupt  (${HOST}) Pin A`];
  const access = `vfio.access dev=${HOST}`;
  for (const line of [read('0'), read('ff'), read('ffffffff', 8)]) expect(meaning([line], taken)).toContain(access);
  for (const line of [read('ffffffff'), read('ff', 1), read('ffffffffffffffff', 8), read('0').replace('BAR 0', 'BAR 0 mmaps[0]'), read('0').replace(HOST, '0000:02:00.0'), read('0').replace('_read', '_write')]) {
    expect(meaning([line], taken)).not.toContain(access);
  }
  expect(meaning([read('0')], [...taken, `vfio_intx_eoi  (${HOST}) EOI`])).toEqual([]);
});

test('an entry is used and released for the guest, or because the function goes', () => {
  const release = `vfio_msix_vector_release  (${HOST}) vector 1 released`;
  const released = `vfio.release dev=${HOST} entry=1`;
  expect(meaning([row('1c', '1'), release, elsewhere, release, `9@:${release}`], NAMED).slice(1)).toEqual([`${released} asked=1`, released, released]);
});

test('the Status of a function of the host\'s tells of its own wire', () => {
  const read = 'pci_cfg_read vfio-pci 00:04.0 @0x6 -> 0x8';
  expect(meaning([read], NAMED).filter((event) => event.startsWith('pci.status'))).toEqual([]);
  expect(meaning([read.replace('vfio-pci', 'e1000')], NAMED)).toContain(`pci.status.read fn=${GUEST} int_status=1`);
});

test('MSI-X switched off drops what was pending, and a reset of the function all', () => {
  const taken = `vfio_msi_interrupt  (${HOST}) vector 1 0xfee00000/0x41`;
  expect(meaning([`vfio_msix_disable  (${HOST})`], [...NAMED, ...on, taken])).toEqual([`vfio.off dev=${HOST} mode=msix`, `msix.unuse fn=${GUEST} vec=1`]);
  expect(meaning([`vfio_pci_reset  (${HOST})`], [...NAMED, ...on])).toContain(`pci.reset fn=${GUEST}`);
});
