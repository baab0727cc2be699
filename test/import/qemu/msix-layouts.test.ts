// MSI-X tables in logs of QEMU without the accesses of configuration spaces that tell where they are and whose a line is.

import { describe, expect, test } from 'vitest';
import { HPET, RESET, meaning } from './device-lines.js';

const table = (addr: string, value: string): string => `memory_region_ops_write cpu 0 mr 0x7f10 addr 0x${addr} value ${value} size 4 name 'msix-table'`;

describe('without accesses of configuration spaces', () => {
  test('a device model has its table where QEMU puts it, if no read of configuration space tells', () => {
    const add = (device: string, where: string): string[] => [HPET, `pci_update_mappings_add ${device} ${where}`];
    const written = (fn: string, entry: number): string[] => [`msix.write fn=${fn} entry=${entry} field=data val=0x41 len=4`];
    expect(meaning([table('febe9018', '0x41')], add('virtio-blk-pci', '00:05.0 1,0xfebe9000+0x1000'))).toEqual(written('0000:00:05.0', 1));
    expect(meaning([table('febe7038', '0x41')], add('qemu-xhci', '00:06.0 0,0xfebe4000+0x4000'))).toEqual(written('0000:00:06.0', 3));
    expect(meaning([table('febe6008', '0x41')], add('nvme', '00:07.0 0,0xfebe4000+0x4000'))).toEqual(written('0000:00:07.0', 0));
    // More doorbells, and the table lies behind them.
    expect(meaning([table('febe6008', '0x41')], add('nvme', '00:07.0 0,0xfebe4000+0x8000'))).toEqual(['msix.write fn=mr:0x7f10 entry=1536 field=data val=0x41 len=4']);
    // The next function's BAR is no part of a table whose length is not known.
    const two = [...add('virtio-blk-pci', '00:05.0 1,0xfebe9000+0x1000'), ...add('virtio-net-pci', '00:06.0 1,0xfebea000+0x1000')];
    expect(meaning([table('febea008', '0x41')], two)).toEqual(written('0000:00:06.0', 0));
  });

  test('a line without its write is of the only function of the model, where no writes are recorded', () => {
    const enabled = 'msix_write_config dev virtio-blk-pci enabled 1 masked 0';
    const one = [...RESET, 'pci_update_mappings_add virtio-blk-pci 00:05.0 1,0xfebe9000+0x1000'];
    const two = [...one, 'pci_update_mappings_add virtio-blk-pci 00:06.0 1,0xfebea000+0x1000'];
    expect(meaning([enabled], one)).toEqual(['msix.ctrl fn=0000:00:05.0 enable=1 fmask=0']);
    expect(meaning([enabled], two)).toEqual([]);
    expect(meaning([enabled], one.slice(RESET.length))).toEqual([]);
    expect(meaning([enabled], [...one, 'pci_cfg_write virtio-blk-pci 00:05.0 @0x4 <- 0x7', HPET])).toEqual([]);
  });
});
