// Which dwords of the MSI-X table a write changes, and which Pending bits a read shows. PCI Express Base 6.1.4.2: dword and qword accesses only.

import type { EventOf } from '../event.js';
import { entry as entryOf, type Entry } from '../ids.js';
import type { Word } from './msix-entry.js';

const WORDS: readonly Word[] = ['addr', 'addr_hi', 'data', 'vc'];

interface WordWrite {
  readonly entry: Entry;
  readonly field: Word;
  /** Undefined where the write covers a part of the dword. */
  readonly value: number | undefined;
}

const DWORD = 0xffff_ffffn;

export const isQword = (e: EventOf<'msix.write'>): boolean => e.len === 8 || (e.len === undefined && e.val > DWORD);

/** The dwords in the order of their addresses; a qword covers two. */
export function wordsOf(e: EventOf<'msix.write'>): WordWrite[] {
  const low = e.len !== undefined && e.len < 4 ? undefined : Number(e.val & DWORD);
  const first = { entry: e.entry, field: e.field, value: low };
  if (!isQword(e)) return [first];
  const next = e.entry * WORDS.length + WORDS.indexOf(e.field) + 1;
  const field = WORDS[next % WORDS.length] ?? 'addr';
  return [first, { entry: entryOf(Math.floor(next / WORDS.length)), field, value: Number(e.val >> 32n) }];
}

interface PendingBit {
  readonly entry: Entry;
  readonly bit: 0 | 1;
}

/** `base` is the entry of the value's bit 0. Clear bits 63:32 say nothing: the read may have been a dword. */
export function pendingBitsOf({ base, val }: EventOf<'msix.pba.read'>): PendingBit[] {
  const bits: PendingBit[] = [];
  const add = (from: number, dword: number): void => {
    for (let n = 0; n < 32; n++) bits.push({ entry: entryOf(from + n), bit: (dword >>> n) & 1 ? 1 : 0 });
  };
  add(base, Number(val & DWORD));
  if (val > DWORD) add(base + 32, Number(val >> 32n));
  return bits;
}
