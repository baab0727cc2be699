// The index of a large MSI-X table finds what looking at every row finds, whatever was written, read or lost in between.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { entry } from '../../src/ids.js';
import { MessageIndex } from '../../src/model/msix-index.js';
import { MsixEntry } from '../../src/model/msix-entry.js';
import { F } from '../../src/model/tri.js';

const ORIGIN = { masked: true, quiet: true, by: undefined };

const rowsOf = (count: number): Map<number, MsixEntry> =>
  new Map(Array.from({ length: count }, (_, number) => [number, new MsixEntry('a', entry(number), ORIGIN)]));

const [event] = parseIrq('meta.end\n', 'event').events;

function write(row: MsixEntry, field: 'addr' | 'data', value: number): void {
  if (event === undefined) throw new Error('no event');
  row.startWrite(field, value, event);
  row.finishWrite(field, value, event);
}

test('candidates are all rows that may hold the data, however few or many there are', () => {
  const step = fc.record({ row: fc.nat(39), field: fc.constantFrom('addr' as const, 'data' as const), value: fc.constantFrom(0, 0x41, 0x42, 0xfee00000, 0xfee00010) });
  const property = fc.property(fc.constantFrom(3, 40), fc.array(step), (count, steps) => {
    const rows = rowsOf(count);
    const index = new MessageIndex(rows);
    for (const { row, field, value } of steps) {
      const changed = rows.get(row % count);
      if (changed === undefined) throw new Error('no row');
      write(changed, field, value);
      index.place(changed);
      for (const data of [0, 0x41, 0x42]) {
        const found = new Set(index.candidates(data));
        const missed = [...rows.values()].filter((other) => other.holds({ addr: 0xfee00000n, data }) !== F && !found.has(other));
        expect(missed).toEqual([]);
      }
    }
  });
  fc.assert(property, { seed: 7, numRuns: 60 });
  expect(new MessageIndex(rowsOf(3)).candidates(1)).toHaveLength(3);
});

test('few rows of a large table are looked at', () => {
  const rows = rowsOf(2_048);
  const index = new MessageIndex(rows);
  for (const [number, row] of rows) write(row, 'data', 0x1000 + number);
  expect(index.candidates(0x1007).map(({ number }) => number)).toEqual([7]);
});

test('a message that names no row is that of the one row, of hundreds, that holds it', () => {
  const program = Array.from({ length: 300 }, (_, row) =>
    ['addr val=0xfee00000', 'addr_hi val=0', `data val=${row + 0x100}`, 'vc val=0'].map((word) => `msix.write fn=a entry=${row} field=${word}`),
  ).flat();
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(['meta.start state=reset', 'meta.chan chan=* cover=full', 'msix.ctrl fn=a enable=1 fmask=0', ...program, 'msix.fire fn=a entry=7'].join('\n'), 'rows').events);
  const [message] = parseIrq('msix.msg fn=a addr=0xfee00000 data=0x107\n', 'message').events;
  if (message?.kind !== 'msix.msg') throw new Error('no message');
  const sender = replay.machine.msix.senderOf(message);
  expect(typeof sender === 'string' ? sender : sender.number).toBe(7);
});
