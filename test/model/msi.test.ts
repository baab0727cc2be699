// Mask Bits of MSI over time: what a write of unknown length leaves, what ends what is known.

import { describe, expect, test } from 'vitest';
import { UNKNOWN, UNSEEN_RESETS, replay } from './msix-replay.js';

const ON = 'pci.cmd fn=a master=1\nmsi.ctrl fn=a enable=1 mme=5\n';
const mask = (first: number, val: number, len?: number): string => `msi.mask fn=a first=${first} val=${val}${len === undefined ? '' : ` len=${len}`}\n`;
const reads = (first: number, val: number): string => `msi.pending fn=a first=${first} val=${val} settled=1\n`;
/** What of 32 Pending Bits, read one by one, is found. */
const foundAfter = (text: string, start = UNKNOWN): number[] =>
  Array.from({ length: 32 }, (_, message) => message).filter((message) => replay(start, `${text}${reads(message, 1)}`).found.includes(`msi/pending-while-unmasked ${text.split('\n').length}`));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

describe('a write of the Mask Bits', () => {
  test('sets as many as it has bytes', () => {
    expect(foundAfter(`${ON}${mask(0, 0xff00, 4)}`)).toEqual([...range(0, 8), ...range(16, 32)]);
    expect(foundAfter(`${ON}${mask(8, 2, 1)}`)).toEqual([8, ...range(10, 16)]);
    expect(foundAfter(`${ON}${mask(24, 0, 4)}`)).toEqual(range(24, 32));
    expect(foundAfter(`${ON}${mask(0, 0x8000_0000)}`)).toEqual(range(0, 31));
  });

  test('of unknown length leaves what lies behind as it was, or clear', () => {
    const short = `${ON}${mask(0, 0xff00_0100, 4)}${mask(0, 0x80)}`;
    expect(foundAfter(short)).toEqual([...range(0, 7), ...range(9, 24)]);
    expect(replay(UNKNOWN, short).machine.msi.of('a')?.masked).toBe(0x80);
    expect(foundAfter(`${ON}${mask(0, 0x100)}`)).toEqual([...range(0, 8), ...range(9, 16)]);
  });

  test('by two CPUs at once holds where they agree', () => {
    const at = (ns: number, on: number, line: string): string => `@${ns} on=${on} ${line}`;
    const both = ON.split('\n').filter(Boolean).map((line) => at(0, 0, `${line}\n`)).join('') + at(1_000_000, 0, mask(0, 6, 4)) + at(1_001_000, 1, mask(0, 3, 4));
    const found = (message: number): number => replay(UNKNOWN, `${both}${at(2_000_000, 0, reads(message, 1))}${at(3_000_000, 0, reads(message, 0))}`).found.length;
    expect([found(0), found(1), found(2), found(3)]).toEqual([0, 0, 0, 1]);
  });
});

describe('masks are not known any more', () => {
  const set = `${ON}${mask(0, 0, 4)}`;
  test.each(['msi.mask fn=a\n', 'meta.lost\n', 'vm.restore\n'])('after %j', (ends) => {
    expect(replay(UNKNOWN, `${set}${reads(0, 1)}`).found).toEqual(['msi/pending-while-unmasked 4']);
    expect(replay(UNKNOWN, `${set}${ends}${ON}${reads(0, 1)}`).found).toEqual([]);
  });

  test('after a time in which the machine may have been restored', () => {
    const timed = `${set.split('\n').filter(Boolean).map((line) => `@0 ${line}\n`).join('')}`;
    expect(replay(`${UNKNOWN}meta.chan chan=vm.reset cover=partial\n`, `${timed}@100000000 ${reads(0, 1)}`).found).toEqual(['msi/pending-while-unmasked 4']);
    expect(replay(`${UNKNOWN}meta.chan chan=vm.reset cover=partial\n`, `${timed}@200000000 ${reads(0, 1)}`).found).toEqual([]);
    expect(replay(UNSEEN_RESETS, `${timed}@100000000 ${reads(0, 1)}`).found).toEqual([]);
  });
});

test('a reset leaves nothing masked, and nothing that may be sent', () => {
  expect(replay(UNKNOWN, `${ON}${mask(0, 1, 4)}pci.reset fn=a\n${reads(0, 1)}`).found).toEqual([]);
  expect(replay(UNKNOWN, `${mask(0, 1, 4)}pci.reset fn=a\n${ON}${reads(0, 1)}`).found).toEqual(['msi/pending-while-unmasked 5']);
});
