// Resets that nobody records: what a read, a message or another bit proves, and what must wait. PCI functions lose their MSI-X state then.

import { expect, test } from 'vitest';
import { T, U } from '../../src/model/tri.js';
import { FIRE, ON, PBA, RESET, UNKNOWN, UNMASK, UNSEEN_RESETS, replay, row } from './msix-replay.js';

test('reads teach, and one against the model is a reset that nobody recorded', () => {
  const learnt = row(replay(UNKNOWN, 'msix.read fn=a entry=0 field=data val=0x31\nmsix.read fn=a entry=0 field=vc val=1\n'));
  expect([learnt.data, learnt.mask]).toEqual([0x31, T]);
  const reset = replay(RESET, `${ON}${UNMASK}msix.write fn=a entry=1 field=vc val=0\nmsix.read fn=a entry=0 field=vc val=1\n`);
  expect([row(reset, 0).mask, row(reset, 1).mask, reset.machine.msix.of('a').enabled, reset.found]).toEqual([T, U, U, []]);
});

test('three boots in one log: rows are masked again without a write', () => {
  const boot = `msix.ctrl fn=a enable=1 fmask=1
msix.read fn=a entry=0 field=vc val=1
msix.write fn=a entry=0 field=addr val=0xfee0N000
msix.write fn=a entry=0 field=addr_hi val=0
msix.write fn=a entry=0 field=data val=0x3N
msix.write fn=a entry=0 field=vc val=0
msix.ctrl fn=a enable=1 fmask=0
msix.fire fn=a entry=0
msix.msg fn=a entry=0 addr=0xfee0N000 data=0x3N
`;
  expect(replay(UNSEEN_RESETS, ['1', '2', '3'].map((n) => boot.replaceAll('N', n)).join('')).found).toEqual([]);
});

test('a Pending bit that has gone proves a loss only once a reset is ruled out', () => {
  // MSI-X was enabled by line 2, the row fired at line 4, the bit reads 0 at line 5.
  const open = `msix.write fn=a entry=2 field=data val=0x42\n${ON}msix.write fn=a entry=1 field=vc val=0\n${FIRE}${PBA('0')}`;
  const found = (proof: string): readonly string[] => replay(UNSEEN_RESETS, open + proof).found;
  expect(found('')).toEqual([]);
  expect(found('meta.end\n')).toEqual([]);
  expect(found('msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n')).toEqual(['msix/lost-pending 7']);
  // Data written before the enable is still there: no reset since. The mask bit was written after it: one may lie between the two.
  expect(found('msix.read fn=a entry=2 field=data val=0x42\n')).toEqual(['msix/lost-pending 6']);
  expect(found('msix.read fn=a entry=1 field=vc val=0\n')).toEqual([]);
  expect(found('msix.read fn=a entry=2 field=data val=0\nmsix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n')).toEqual([]);
  expect(found(`${ON}msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n`)).toEqual([]);
});

test('another bit that is still set rules a reset out as well', () => {
  const both = `msix.read fn=a entry=0 field=vc val=1\nmsix.read fn=a entry=1 field=vc val=1\n${PBA('3')}`;
  expect(replay(UNSEEN_RESETS + 'meta.start state=unknown\n', `${both}${PBA('2')}`).found).toEqual(['msix/lost-pending 4']);
  expect(replay(UNSEEN_RESETS + 'meta.start state=unknown\n', `${both}${PBA('0')}`).found).toEqual([]);
});

test('what a reset would have left is no proof that there was none, nor is what was first seen afterwards', () => {
  const open = `msix.write fn=a entry=2 field=data val=0\n${ON}msix.write fn=a entry=1 field=vc val=0\n${FIRE}${PBA('0')}`;
  expect(replay(UNSEEN_RESETS, `${open}msix.read fn=a entry=2 field=data val=0\n`).found).toEqual([]);
  expect(replay(UNSEEN_RESETS, `${open}${'msix.read fn=a entry=3 field=data val=0x42\n'.repeat(2)}`).found).toEqual([]);
});

test('two messages with an enable between them leave room for a reset', () => {
  const sent = 'msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n';
  const text = (between: string): string => `${ON}msix.write fn=a entry=1 field=vc val=0\n${sent}${FIRE}${between}${PBA('0')}${sent}`;
  expect(replay(UNSEEN_RESETS, text('')).found).toEqual(['msix/lost-pending 8']);
  expect(replay(UNSEEN_RESETS, text(ON)).found).toEqual([]);
});

test('the end of a recording proves nothing late where resets go unseen', () => {
  const text = `${ON}${UNMASK}${FIRE}meta.end\n`;
  expect(replay(RESET, text).found).toEqual(['msix/lost-message 4']);
  expect(replay(UNSEEN_RESETS, text).found).toEqual([]);
});
