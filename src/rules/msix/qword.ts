// Eight-byte writes of Data and Vector Control together. PCI Express Base 6.1.4.2, implementation note on QWORD accesses.

import type { EventOf } from '../../event.js';
import { maskBit, type MsixEntry } from '../../model/msix-entry.js';
import { isQword, wordsOf } from '../../model/msix-words.js';
import { T } from '../../model/tri.js';

/** Does the write set the row's mask in one go with its data? */
export function masksByQword(e: EventOf<'msix.write'>, entry: MsixEntry): boolean {
  if (!isQword(e) || e.field !== 'data' || entry.number !== e.entry) return false;
  const [, control] = wordsOf(e);
  return control?.value !== undefined && maskBit(control.value) === T;
}
