// What a person may ask for, and what it means.

import { expect, test } from 'vitest';
import { Life } from '../../src/lives/life.js';
import { parseSelector } from '../../src/lives/selector.js';

const passing = (...marks: string[]): Life => {
  const life = new Life(0);
  for (const mark of marks) life.mark(mark);
  return life;
};

test.each([
  ['gsi:10', 'gsi:10', true],
  ['gsi:10', 'gsi:100', false],
  ['gsi:0xa', 'gsi:10', true],
  ['pin:ioapic/4', 'pin:ioapic/4', true],
  ['pin:ioapic/4', 'pin:ioapic/44', false],
  ['vector:0x41@cpu1', 'vector:65@cpu1', true],
  ['vector:0x41', 'vector:65@cpu1', true],
  ['vector:65@cpu1', 'vector:65@cpu11', false],
  ['msix:0000:00:04.0/2', 'msix:0000:00:04.0/2', true],
  ['msix:0000:00:04.0', 'msix:0000:00:04.0/2', true],
  ['msix:0000:00:04.0/2', 'msix:0000:00:04.0/20', false],
  ['intid:27', 'intid:27@cpu0', true],
  ['irqfd:9', 'irqfd:9', true],
  ['irqfd:9', 'irqfd:90', false],
  ['dev:0000:00:10.0', 'dev:0000:00:10.0', true],
  ['dev:00:10.0', 'dev:0000:00:10.0', true],
  ['msix:0000:00:04.0/2', 'msix:00:04.0/2', true],
  ['msix:00:04.0', 'msix:0000:00:04.0/2', true],
  ['dev:00:10.0', 'dev:0001:00:10.0', false],
  ['dev:00:10.0', 'dev:10000:00:10.0', false],
])('%s and %s: %s', (text, mark, expected) => {
  expect(parseSelector(text)?.(passing('gsi:7', mark))).toBe(expected);
});

test.each(['gsi:', 'irqfd:x', 'finding:1', 'gsi:x', 'pin', 'vector:300@', '', 'irq:4'])('%j is none', (text) => {
  expect(parseSelector(text)).toBeUndefined();
});
