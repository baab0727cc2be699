// Mask Bits and Pending Bits of MSI capabilities in accesses of configuration spaces, and what is found in them.

import { describe, expect, test } from 'vitest';
import { replayTexts } from '../../replay.js';
import { meaning, stamped } from './device-lines.js';

const read = (offset: number, value: number, device = 'ioh3420'): string => `pci_cfg_read ${device} 00:04.0 @0x${offset.toString(16)} -> 0x${value.toString(16)}`;
const write = (offset: number, value: number, device = 'ioh3420'): string => `pci_cfg_write ${device} 00:04.0 @0x${offset.toString(16)} <- 0x${value.toString(16)}`;
const access = (bytes: number): string => `memory_region_ops_write cpu -1 mr 0x5000 addr 0xcfc value 0x0 size ${bytes} name 'pci-conf-data'`;

/** An ioh3420: MSI at 0x60, two messages, 32-bit address, with Mask Bits at 0x6c and Pending Bits at 0x70. Bus Master Enable is on. */
const FOUND = [read(0x34, 0x60), read(0x60, 0x9005), write(0x4, 0x7)];
const PORT = [...FOUND, read(0x62, 0x102)];
/** The same with a 64-bit address: four bytes further up. */
const WIDE = [...FOUND, read(0x60, 0x0182_9005)];

const told = (lines: readonly string[], setUp: readonly string[] = PORT): string[] => meaning(lines, setUp).map((event) => event.replace('fn=0000:00:04.0', '').replaceAll(/ +/g, ' ').trim());

describe('registers behind Message Control', () => {
  test('lie by the width of the address', () => {
    expect(told([write(0x6c, 3), read(0x70, 1)])).toEqual(['msi.mask first=0 val=3', 'msi.pending first=0 val=1 settled=1']);
    expect(told([write(0x70, 3), read(0x74, 1), write(0x6c, 9)], WIDE)).toEqual(['msi.mask first=0 val=3', 'msi.pending first=0 val=1 settled=1']);
  });

  test('are there if it says so, and not known until it is read as more than a byte', () => {
    expect(told([write(0x6c, 3), read(0x70, 1)], [...FOUND, read(0x62, 0x2)])).toEqual([]);
    expect(told([read(0x60, 0x0082_9005), write(0x70, 3), read(0x74, 1)], WIDE)).toEqual(['msi.ctrl.read enable=0']);
    expect(told([read(0x62, 0x102)], FOUND)).toEqual(['msi.ctrl.read enable=0', 'msi.mask']);
    expect(told([read(0x62, 0x102), read(0x62, 0x2)])).toEqual(['msi.ctrl.read enable=0', 'msi.ctrl.read enable=0']);
  });

  test('are told by bytes, and how many are written, if the access in front does', () => {
    expect(told([write(0x6e, 1), read(0x71, 2)])).toEqual(['msi.mask first=16 val=1', 'msi.pending first=8 val=2 settled=1']);
    expect(told([access(1), write(0x6d, 1), access(4), write(0x6c, 0)])).toEqual(['msi.mask first=8 val=1 len=1', 'msi.mask first=0 val=0 len=4']);
  });

  test('tell masks that are read where writes are recorded', () => {
    expect(told([read(0x6c, 1)])).toEqual(['msi.mask first=0 val=1']);
    expect(told([read(0x6c, 1), read(0x70, 1)], [read(0x34, 0x60), read(0x60, 0x0102_9005)])).toEqual(['msi.pending first=0 val=1 settled=1']);
  });

  test('of functions that are not QEMU\'s tell nothing', () => {
    const [pointer = '', id = '', control = ''] = [read(0x34, 0x60, 'vfio-pci'), read(0x60, 0x9005, 'vfio-pci'), read(0x62, 0x102, 'vfio-pci')];
    expect(told([control, write(0x6c, 1, 'vfio-pci'), read(0x70, 1, 'vfio-pci')], [pointer, id])).toEqual([]);
  });
});

test('a write in front of Message Control switches MSI off as a dword, and may have as one of unknown length', () => {
  expect(told([write(0x60, 5)])).toEqual(['msi.mask']);
  expect(told([access(4), write(0x60, 5)])).toEqual(['msi.ctrl enable=0 mme=0']);
  expect(told([access(2), write(0x60, 5)])).toEqual([]);
  expect(told([write(0x60, 0x0011_0005)])).toEqual(['msi.ctrl enable=1 mme=1']);
});

describe('a Pending bit that reads 1 while its Mask bit is 0', () => {
  const found = async (...lines: readonly string[]): Promise<string[]> => {
    const { findings } = await replayTexts([Buffer.from(`${stamped([...PORT, bar, write(0x62, 0x11), ...lines])}\n`)]);
    return findings.map(({ rule }) => rule);
  };
  /** BARs are recorded, so that a reset or a snapshot would show. */
  const bar = 'pci_update_mappings_add e1000e 00:03.0 0,0xe0040000+0x4000';
  const RULE = 'msi/pending-while-unmasked';

  test('is found behind the unmask, also by a byte', async () => {
    expect(await found(write(0x6c, 3), read(0x70, 1), write(0x6c, 2), read(0x70, 1))).toEqual([RULE]);
    expect(await found(write(0x6c, 3), read(0x70, 2), access(1), write(0x6c, 1), read(0x70, 2))).toEqual([RULE]);
    expect(await found(read(0x6c, 0), read(0x70, 1))).toEqual([RULE]);
  });

  test('is none where the message is masked, or went', async () => {
    expect(await found(write(0x6c, 3), read(0x70, 3), write(0x6c, 1), read(0x70, 1), write(0x6c, 0), read(0x70, 0))).toEqual([]);
    expect(await found(write(0x6c, 3), write(0x62, 0x10), write(0x6c, 0), read(0x70, 1))).toEqual([]);
    expect(await found(write(0x6c, 3), access(4), write(0x60, 5), write(0x6c, 0), read(0x70, 1))).toEqual([]);
    expect(await found(write(0x6c, 3), write(0x4, 0x3), write(0x6c, 0), read(0x70, 1))).toEqual([]);
  });

  test('is not judged where the masks are not known', async () => {
    expect(await found(read(0x70, 1))).toEqual([]);
    expect(await found(write(0x6c, 0x300), write(0x6c, 0), write(0x62, 0x41), read(0x70, 0x100))).toEqual([]);
    expect(await found(write(0x6c, 0), write(0x60, 5), read(0x70, 1))).toEqual([]);
    expect(await found(write(0x6c, 0), '6@:pci_update_mappings_del e1000e 00:03.0 0,0xe0040000+0x4000', `6@:${bar}`, write(0x62, 0x11), write(0x4, 0x7), read(0x70, 1))).toEqual([]);
  });
});
