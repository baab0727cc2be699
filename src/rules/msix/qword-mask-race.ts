// One eight-byte write must not change a row's data and mask it: the order inside is undefined. PCI Express Base 6.1.4.2, implementation note.

import { wordsOf } from '../../model/msix-words.js';
import { T, and, not, same } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { masksByQword } from './qword.js';
import { gates } from './state.js';

export const qwordMaskRace: Rule = {
  id: 'msix/qword-mask-race',
  severity: 'suspicious',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.2, implementation note: a QWORD write that masks an unmasked entry may change its data first',
  summary: 'An eight-byte write that masks an unmasked MSI-X entry leaves its data alone.',
  needs: ['msix.write'],
  on: {
    'msix.write': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const entry = fn.peek(e.entry);
      if (!masksByQword(e, entry)) return;
      const changed = not(same(entry.data, wordsOf(e)[0]?.value));
      judge.breachIf(and(changed, fn.liveSurely(entry, e)), changed === T ? 'entry.mask' : 'entry.data', () => ({
        entity: entry.entity,
        sentence: `${entry.title} was masked and its data changed by one 8-byte write: the data may change first`,
        because: [fn.enableBy, fn.fmaskBy, entry.maskBy, entry.writeBy],
        state: gates(fn, entry),
        unless: (later) => later.kind === 'msix.ctrl' || (later.kind === 'msix.write' && later.field === 'vc'),
      }));
    },
  },
};
