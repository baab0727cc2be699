// PIRQ[A-H]_ROUT of ICH9 as QEMU 7.2 logs their writes (hw/isa/lpc_ich9.c), and what follows for the 8259.

import { describe, expect, test } from 'vitest';
import { replayTexts } from '../../replay.js';
import { FROM_RESET, gsi, meaning, stamped } from './device-lines.js';

/** Something else that a thread does. */
const HPET = "memory_region_ops_read cpu 0 mr 0x1 addr 0xfed000f0 value 0x0 size 4 name 'hpet'";

describe('the routes of INTx lines in ICH9', () => {
  const route = (offset: string, value: string, device = 'ICH9-LPC 00:1f.0'): readonly string[] => meaning([`pci_cfg_write ${device} @0x${offset} <- 0x${value}`], FROM_RESET);
  const UNKNOWN = (...lines: readonly number[]): string[] => lines.map((line) => `intx.route line=${line}`);

  test('a write has one byte at least; whether it reached the next three is not logged', () => {
    expect(route('60', 'b')).toEqual(['intx.route line=16 pin=11', ...UNKNOWN(17, 18, 19)]);
    expect(route('6b', 'a')).toEqual(['intx.route line=23 pin=10']);
  });

  test('a value shows the bytes up to its highest that is not zero', () => {
    expect(route('68', 'a0b')).toEqual(['intx.route line=20 pin=11', 'intx.route line=21 pin=10', ...UNKNOWN(22, 23)]);
    expect(route('68', '50a0b')).toEqual(['intx.route line=20 pin=11', 'intx.route line=21 pin=10', 'intx.route line=22 pin=5', ...UNKNOWN(23)]);
  });

  test('bit 7 switches a route off, and pin 2 is the cascade', () => {
    expect(route('6b', '8a')).toEqual(UNKNOWN(23));
    expect(route('6b', '2')).toEqual(UNKNOWN(23));
  });

  test('PIIX routes GSIs that the log does not show before', () => {
    expect(route('60', 'b', 'PIIX3 00:01.0')).toEqual([]);
  });

  test('the pin is low while a function holds the line that is routed to it', async () => {
    const E = (level: 0 | 1): string[] => [`e1000e_irq_legacy_notify IRQ line state: ${level}`, gsi(20, level)];
    const log = (register: string, pin: 0 | 1): string =>
      stamped([...FROM_RESET, 'pci_cfg_write e1000e 00:04.0 @0x4 <- 0x7', `pci_cfg_write ICH9-LPC 00:1f.0 @0x68 <- 0x${register}`, HPET, ...E(1), gsi(10, pin), `pic_set_irq master 0 irq 2 level ${pin}`]);
    const found = async (text: string): Promise<string[]> => (await replayTexts([Buffer.from(`${text}\n`)])).findings.map(({ rule }) => rule);
    expect(await found(log('a', 0))).toEqual(['intx/route-drops-line']);
    expect(await found(log('a', 1))).toEqual([]);
    // A register that is switched off names the pin all the same.
    expect(await found(log('8a', 0))).toEqual([]);
  });
});
