// Pins that QEMU's handler of a line of the machine has left out.

import { expect, test } from 'vitest';
import { meaning } from './device-lines.js';

const gsi = (n: number, level: 0 | 1): string => `x86_gsi_interrupt GSI interrupt #${n} level:${level}`;
const pic = (n: number, level: 0 | 1): string => `pic_set_irq master ${n < 8 ? 1 : 0} irq ${n & 7} level ${level}`;
const ioapic = (n: number, level: 0 | 1): string => `ioapic_set_irq vector: ${n} level: ${level}`;
const whole = (n: number, level: 0 | 1): string[] => [gsi(n, level), pic(n, level), ...(n < 8 ? [] : [pic(2, level)]), ioapic(n, level)];
const voids = (...lines: string[]): string[] => meaning(lines).filter((event) => event.startsWith('gsi.void'));

test('a pin that is told nothing before the thread sets another line', () => {
  expect(voids(...whole(9, 1), gsi(9, 0), ioapic(9, 0), ...whole(4, 1))).toEqual(['gsi.void gsi=9 level=0 chip=1 pin=9']);
  expect(voids(...whole(4, 1), gsi(4, 0), pic(4, 0), ...whole(9, 1))).toEqual(['gsi.void gsi=4 level=0 chip=2 pin=4']);
  // The other level, or another pin, does not count.
  expect(voids(...whole(4, 1), gsi(4, 0), pic(4, 1), ioapic(5, 0), gsi(4, 0), ...whole(5, 1))).toEqual(['gsi.void gsi=4 level=0 chip=0 pin=4', 'gsi.void gsi=4 level=0 chip=2 pin=4']);
});

test('above the pair lines go to the IOAPIC, and beyond it to none that is known', () => {
  expect(voids(...whole(4, 1), gsi(20, 1), ioapic(20, 1), gsi(20, 0), gsi(30, 1), gsi(4, 0), pic(4, 0), ioapic(4, 0), gsi(4, 1))).toEqual(['gsi.void gsi=20 level=0 chip=2 pin=20']);
});

test('the first input goes by its own number', () => {
  expect(voids(...whole(0, 1), ...whole(0, 0), gsi(0, 1))).toEqual([]);
});

test('chips of the kernel print nothing, nor does one whose lines are not recorded', () => {
  expect(voids(gsi(9, 1), gsi(9, 0), gsi(4, 1))).toEqual([]);
  expect(voids(gsi(9, 1), pic(9, 1), gsi(9, 0), pic(9, 0), gsi(4, 1))).toEqual([]);
});

test('a chip whose lines are not recorded any more has missed none', () => {
  const without = (n: number, level: 0 | 1): string[] => whole(n, level).filter((line) => !line.startsWith('ioapic'));
  expect(voids(...whole(9, 1), ...without(9, 0), ...without(9, 1), ...without(4, 1))).toEqual([]);
  expect(voids(...whole(9, 1), ...without(9, 0), ...without(9, 1), ...without(4, 1), ...whole(4, 0))).toEqual(['gsi.void gsi=9 level=0 chip=2 pin=9']);
});

test('each thread by itself, the last line not at all', () => {
  expect(voids(...whole(9, 1), gsi(9, 0), `8@100.000050:${gsi(4, 1)}`)).toEqual([]);
});
