// Writes of configuration spaces, by the length that the access of the host bridge in front of them has.

import { describe, expect, test } from 'vitest';
import { E1000E, meaning } from './device-lines.js';

describe('the command register', () => {
  const access = (bytes: number, region = 'pci-conf-data'): string => `memory_region_ops_write cpu 0 mr 0x5000 addr 0xcfc value 0x6 size ${bytes} name '${region}'`;
  const command = (value: string): string => `pci_cfg_write e1000e 00:04.0 @0x4 <- ${value}`;
  const commands = (...lines: readonly string[]): string[] => meaning([command('0x406'), ...lines], E1000E).filter((event) => event.startsWith('pci.cmd')).slice(1);

  test('a byte leaves Interrupt Disable as it was, a word does not', () => {
    expect(commands(access(1), command('0x2'))).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=1 master=0']);
    expect(commands(access(1, 'pcie-mmcfg-mmio'), command('0x6'))).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=1 master=1']);
    expect(commands(access(2), command('0x6'))).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=0 master=1']);
  });

  test('its second byte has Interrupt Disable alone', () => {
    expect(commands('pci_cfg_write e1000e 00:04.0 @0x5 <- 0x0')).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=0']);
  });

  test('the length is that of the access right in front, and of a host bridge', () => {
    expect(commands(access(1, 'vga-lowmem'), command('0x6'))).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=0 master=1']);
    expect(commands(access(1), access(4, 'pci-conf-idx'), command('0x6'))).toEqual(['pci.cmd fn=0000:00:04.0 intx_disable=0 master=1']);
  });

  test('of a byte alone the rest is not known', () => {
    expect(meaning([access(1), 'pci_cfg_write nvme 00:05.0 @0x4 <- 0x6'], E1000E)).toContain('pci.cmd fn=0000:00:05.0 master=1');
  });
});
