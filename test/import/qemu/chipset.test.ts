// Which lines of x86_gsi_interrupt are PCI wires', by chipset. The lines are those of QEMU 7.2 with the numbers changed.

import { expect, test } from 'vitest';
import { FROM_RESET, HPET, RESET, VIRTIO, coverOf, gsi, isr, meaning } from './device-lines.js';

test('of a PIIX the lines below 16 are no echoes, whatever an HPET sets above', () => {
  const bridge = 'pci_cfg_read i440FX 00:00.0 @0x0 -> 0x8086';
  expect(meaning([gsi(16, 1), gsi(11, 1)], [...RESET, bridge])).toEqual(['intx.line line=11 level=1 stray=1']);
  expect(coverOf('intx.line', [bridge, gsi(11, 0), gsi(16, 1)])).toEqual(['full']);
});

test('where no bridge tells the chipset a line above leaves open whose the others are, until one is a function\'s for sure', () => {
  const lines = [gsi(11, 0), gsi(20, 1)];
  expect(coverOf('intx.line', lines)).toEqual(['full', 'partial']);
  expect(coverOf('intx.line', ['pci_cfg_read ICH9-LPC 00:1f.0 @0x60 -> 0xa0a0a0a', ...lines])).toEqual(['full']);
  expect(coverOf('intx.line', [...lines, 'pci_cfg_read mch 00:00.0 @0x0 -> 0x8086'])).toEqual(['full', 'partial', 'full']);
  expect(coverOf('intx.deassert', [...FROM_RESET, 'e1000e_irq_legacy_notify IRQ line state: 1', gsi(20, 1)])).toEqual(['full', 'partial', 'full']);
  expect(coverOf('intx.deassert', [...VIRTIO, gsi(20, 0), isr(1)])).toEqual(['full', 'partial', 'full']);
});

test('the router of a PIIX moves wires to other lines: whose those are that it sets for its write is open', () => {
  const route = 'pci_cfg_write PIIX3 00:01.0 @0x61 <- 0xb';
  expect(coverOf('intx.line', [gsi(11, 0), route, gsi(11, 1), HPET])).toEqual(['full', 'partial', 'full']);
  expect(coverOf('intx.line', [gsi(11, 0), route, `8@:${HPET}`])).toEqual(['full', 'partial']);
  expect(coverOf('intx.line', [route, HPET, gsi(11, 0)])).toEqual(['full']);
});
