// Device models that send at once (QEMU): what a masked row, a function that is off and another function's row may still send.

import { expect, test } from 'vitest';
import { FIRE, MASK, ON, PBA, RESET, UNKNOWN, UNMASK, UNSEEN_RESETS, replay } from './msix-replay.js';

const SYNC = 'meta.cfg sync=1\n';
/** What names the sender may be wrong: its cause was another's. */
const SENT = 'msix.msg fn=a addr=0xfee00000 data=0x41 sure=0\n';
/** A row that holds the message. */
const HOLDS = (fn = 'a'): string =>
  ['addr val=0xfee00000', 'addr_hi val=0', 'data val=0x41'].map((word) => `msix.write fn=${fn} entry=0 field=${word}\n`).join('');
/** Function `a` has sent a message, and none of its fires is recorded. */
const SHOWN = `${SYNC}meta.cfg fn=a msix_n=1 use_tracking=0 unseen_fires=1\n${ON}${HOLDS()}${UNMASK}${SENT}`;

test('a model that has sent messages sends none for a masked row, whether its fires are recorded or not', () => {
  expect(replay(RESET, `${SHOWN}${MASK}${SENT}`).found).toEqual(['msix/delivered-while-masked 10']);
  expect(replay(RESET, `${SHOWN}msix.ctrl fn=a enable=1 fmask=1\n${SENT}`).found).toEqual(['msix/delivered-while-masked 10']);
  expect(replay(RESET, SHOWN + SENT).found).toEqual([]);
  // Without that promise what was fired before may still be under way, until a read has flushed it.
  expect(replay(RESET, `${SHOWN.replace(SYNC, '\n')}${MASK}${SENT}`).found).toEqual([]);
});

test('a Pending bit that a read has shown is owed like one that a recorded fire has set', () => {
  const masked = `${SHOWN}${MASK}${PBA('1')}`;
  const quiet = `${RESET}meta.chan chan=msix.fire cover=partial\n`;
  expect(replay(quiet, `${masked}${UNMASK}msix.read fn=a entry=0 field=vc val=0\n`).found).toEqual(['msix/unmask-no-delivery 12']);
  expect(replay(quiet, `${masked}${UNMASK}${SENT}${PBA('0')}`).found).toEqual([]);
  expect(replay(quiet, `${masked}${UNMASK}${SENT}${PBA('1')}`).found).toEqual(['msix/pending-not-cleared-after-send 13']);
  expect(replay(quiet, masked + PBA('0')).found).toEqual(['msix/lost-pending 11']);
  // Reasons may go unseen, and Pending bits with them.
  expect(replay(`${quiet}meta.chan chan=msix.reason.clear cover=partial\n`, masked + PBA('0')).found).toEqual([]);
});

test('a message that its function cannot have sent is another\'s that holds the same and can', () => {
  const other = (text: string): string => text.replaceAll('fn=a', 'fn=b');
  const masked = `${SHOWN}${MASK}`;
  expect(replay(RESET, `meta.cfg fn=b msix_n=1\n${other(ON + HOLDS() + UNMASK)}${masked}${SENT}`).found).toEqual([]);
  // It is masked, too, or holds something else, or is off.
  expect(replay(RESET, `meta.cfg fn=b msix_n=1\n${other(ON + HOLDS())}${masked}${SENT}`).found).toEqual(['msix/delivered-while-masked 15']);
  expect(replay(RESET, `meta.cfg fn=b msix_n=1\n${other(ON + HOLDS() + UNMASK).replace('0x41', '0x42')}${masked}${SENT}`).found).toEqual(['msix/delivered-while-masked 16']);
  expect(replay(RESET, `meta.cfg fn=b msix_n=1\n${other(HOLDS() + UNMASK)}${masked}${SENT}`).found).toEqual(['msix/delivered-while-masked 15']);
  // Of its table nothing is known.
  expect(replay(UNKNOWN, `${other(ON)}${masked}${SENT}`).found).toEqual([]);
  // The line of a fire comes right before its message: whose that is, it tells.
  const named = SENT.replace('fn=a', 'fn=a entry=0');
  expect(replay(RESET, `meta.cfg fn=b msix_n=1\n${other(ON + HOLDS() + UNMASK)}${masked}${FIRE}${named}`).found).toEqual(['msix/delivered-while-masked 17']);
  expect(replay(RESET, `meta.cfg fn=b msix_n=1\n${other(ON + HOLDS() + UNMASK)}${masked}${MASK}${named}`).found).toEqual([]);
});

test('without Bus Master Enable nothing is sent', () => {
  const master = (on: 0 | 1): string => `pci.cmd fn=a intx_disable=0 master=${on}\n`;
  expect(replay(RESET, SHOWN + master(0) + SENT).found).toEqual(['msix/message-when-disabled 10']);
  expect(replay(RESET, SHOWN + master(0) + master(1) + SENT).found).toEqual([]);
  // One finding for all that follows; and nothing is known where the write was not recorded.
  expect(replay(RESET, SHOWN + master(0) + SENT + SENT).found).toEqual(['msix/message-when-disabled 10']);
  expect(replay(RESET, `${SHOWN}${master(0)}meta.lost\n${SENT}`).found).toEqual([]);
  // What was sent before the write may still be under way.
  expect(replay(RESET, SHOWN.replace(SYNC, '\n') + master(0) + SENT).found).toEqual([]);
});

test('what reads pending after a reset was not cleared by it, while MSI-X has been off since', () => {
  const reset = `${SHOWN}${FIRE}${SENT}pci.reset fn=a\n`;
  expect(replay(RESET, reset + PBA('1')).found).toEqual(['msix/reset-state 12']);
  expect(replay(RESET, reset + PBA('0')).found).toEqual([]);
  // On again, the model may have fired unseen; one whose fires nobody has seen may signal whether MSI-X is on or not.
  expect(replay(RESET, reset + ON + PBA('1')).found).toEqual([]);
  expect(replay(RESET, `${SHOWN}pci.reset fn=a\n${PBA('1')}`).found).toEqual([]);
  expect(replay(UNSEEN_RESETS, SHOWN + FIRE + SENT + PBA('0')).found).toEqual([]);
});
