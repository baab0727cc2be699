// MSI-X rows beyond what the rule pages show: start, losses, coverage, threads, odd accesses.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { entry as entryOf } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import { F, T, U } from '../../src/model/tri.js';
import { RULES } from '../../src/rules/index.js';
import { FIRE, MASK, MESSAGE, ON, PBA, RESET, UNKNOWN, UNMASK, UNSEEN_RESETS, replay, row } from './msix-replay.js';

test('at reset a row is masked and quiet; of a start in the middle nothing is known', () => {
  const reset = row(replay(RESET, ON));
  expect([reset.mask, reset.pending, reset.allowance]).toEqual([T, F, 0]);
  const unknown = row(replay(UNKNOWN, ON));
  expect([unknown.mask, unknown.pending, unknown.allowance]).toEqual([U, U, Infinity]);
});

test('what reset left is not relied on where writes may go unseen', () => {
  const unseen = 'meta.chan chan=msix.write cover=partial\nmeta.chan chan=msix.ctrl cover=partial\n';
  expect(replay(RESET, MESSAGE).found).toEqual(['msix/message-when-disabled 1']);
  expect(replay(RESET, `${ON}${MESSAGE}`).found).toEqual(['msix/delivered-while-masked 2']);
  expect(replay(RESET, unseen + MESSAGE).found).toEqual([]);
  expect(replay(RESET, unseen + ON + MESSAGE).found).toEqual([]);
});

test('a loss takes everything back, unless another stream shows all writes', () => {
  const text = `${ON}msix.write fn=a entry=0 field=data val=0x41\n${UNMASK}${MASK}${FIRE}`;
  const lost = row(replay(RESET, `${text}meta.lost n=1\n`));
  expect([lost.mask, lost.data, lost.pending]).toEqual([U, undefined, U]);
  const run = new Replay({ rules: RULES });
  const declared = 'meta.chan chan=msix.write cover=full\nmeta.chan chan=msix.ctrl cover=full\n';
  const events = parseIrq(`${RESET}${declared}${text}meta.lost n=1\n`, 'test').events;
  for (const event of events) if (event.kind === 'meta.lost') event.stream = 1;
  run.feed(events);
  const kept = run.machine.msix.entry('a', entryOf(0));
  expect([kept.mask, kept.data, kept.pending, run.machine.msix.of('a').enabled]).toEqual([T, 0x41, U, T]);
});

test('a loss cancels what was owed, and what an observation had left open', () => {
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}meta.end\n`).found).toEqual(['msix/lost-message 4']);
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}meta.lost n=1\nmeta.end\n`).found).toEqual([]);
  const open = `${ON}${MASK}msix.write fn=a entry=1 field=vc val=0\n${FIRE}${PBA('0')}`;
  const proof = 'msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n';
  expect(replay(UNSEEN_RESETS, open + proof).found).toEqual(['msix/lost-pending 7']);
  expect(replay(UNSEEN_RESETS, `${open}meta.lost n=1\n${proof}`).found).toEqual([]);
});

test('a kind seen once counts as recorded, but only for a function that shows its fires', () => {
  const seen = 'meta.start state=reset\nmsix.write fn=z entry=0 field=vc val=1\nmsix.fire fn=b entry=0\nmsix.reason.clear fn=b entry=0\n';
  const twice = `${ON}${UNMASK}${MESSAGE}${MESSAGE}`;
  expect(replay(seen, twice).found).toEqual([]);
  expect(replay(seen, `${ON}${UNMASK}${FIRE}${MESSAGE}${MESSAGE}`).found).toEqual(['msix/message-without-fire 5']);
});

test('a device whose use of vectors is not told must show a vector in use before a missing bit counts', () => {
  const vague = `${RESET}meta.chan chan=msix.use cover=partial\n`;
  expect(replay(vague, `${ON}${MASK}${FIRE}${PBA('0')}`).found).toEqual([]);
  expect(replay(vague, `${ON}${UNMASK}${FIRE}${MESSAGE}${MASK}${FIRE}${PBA('0')}`).found).toEqual(['msix/lost-pending 7']);
  // A device may let go of its vectors while MSI-X is off.
  const again = `${ON}${UNMASK}${FIRE}${MESSAGE}msix.ctrl fn=a enable=0 fmask=0\n${ON}${MASK}${FIRE}${PBA('0')}`;
  expect(replay(vague, again).found).toEqual([]);
});

test('a write takes effect when its thread shows something else', () => {
  const text = `${ON}tid=7 msix.write fn=a entry=0 field=vc val=0\ntid=7 msix.write fn=a entry=0 field=vc val=1\n`;
  expect(row(replay(RESET, text)).mask).toBe(U);
  expect(row(replay(RESET, `${text}tid=8 cpu.enter cpu=1\n`)).mask).toBe(U);
  expect(row(replay(RESET, `${text}tid=7 cpu.enter cpu=0\n`)).mask).toBe(T);
});

test('eight-byte writes cover two dwords, short ones leave the dword unknown', () => {
  const wide = row(replay(RESET, 'msix.write fn=a entry=0 field=addr val=0x1fee01000 len=8\nmsix.write fn=a entry=0 field=data val=0x42 len=8\n'));
  expect([wide.addr, wide.addrHi, wide.data, wide.mask]).toEqual([0xfee0_1000, 1, 0x42, F]);
  const short = row(replay(RESET, 'msix.write fn=a entry=0 field=data val=0x42\nmsix.write fn=a entry=0 field=data val=0x1 len=1\n'));
  expect(short.data).toBeUndefined();
  // Vector Control is followed by the next row's address.
  const across = replay(RESET, 'msix.write fn=a entry=0 field=vc val=0xfee0300000000000 len=8\n');
  expect([row(across, 0).mask, row(across, 1).addr]).toEqual([F, 0xfee0_3000]);
});

test('of two writes under way the later one counts', () => {
  const text = `${ON}tid=7 msix.write fn=a entry=0 field=vc val=0\ntid=8 msix.write fn=a entry=0 field=vc val=1\n`;
  expect(row(replay(RESET, `${text}tid=7 cpu.enter cpu=0\n`)).mask).toBe(U);
  expect(row(replay(RESET, `${text}tid=7 cpu.enter cpu=0\ntid=8 cpu.enter cpu=1\n`)).mask).toBe(T);
});

test('a write under way at a loss or a reset may take effect after it, or not', () => {
  const control = `${ON}${UNMASK}tid=7 msix.ctrl fn=a enable=1 fmask=1\nmeta.lost n=1\ntid=7 cpu.enter cpu=0\n`;
  expect(replay(RESET, control).machine.msix.of('a').fmask).toBe(U);
  const reset = `${ON}tid=7 msix.write fn=a entry=0 field=vc val=0\ntid=8 pci.reset fn=a\n`;
  expect(row(replay(RESET, `${reset}tid=7 cpu.enter cpu=0\n`)).mask).toBe(U);
  expect(row(replay(RESET, `${ON}tid=7 msix.write fn=a entry=0 field=vc val=0\ntid=7 pci.reset fn=a\n`)).mask).toBe(T);
});

test('a row masked since reset sends nothing, whether its fires are recorded or not', () => {
  expect(replay(`${RESET}meta.chan chan=msix.fire cover=partial\n`, ON + MESSAGE).found).toEqual(['msix/delivered-while-masked 2']);
});

test('a masked row that shows its bit has nothing more under way', () => {
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}${MASK}${MESSAGE}`).found).toEqual([]);
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}${MASK}${PBA('1')}${MESSAGE}`).found).toEqual(['msix/delivered-while-masked 6']);
});

test('clear bits of a dword say nothing of the next 32 entries', () => {
  const text = (val: string): string => `${ON}msix.write fn=a entry=40 field=vc val=1\nmsix.fire fn=a entry=40\n${PBA(val)}`;
  expect(row(replay(RESET, text('0')), 40).pending).toBe(T);
  // Bit 40 set, as a qword read shows it; then a qword read of bit 33 alone shows bit 40 clear.
  expect(row(replay(RESET, text('0x10000000000')), 40).pending).toBe(T);
  expect(replay(RESET, `${text('0x10000000000')}${PBA('0x200000000')}`).found).toContain('msix/lost-pending 5');
});
