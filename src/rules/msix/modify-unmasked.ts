// Software changes address and data of masked rows only. PCI Express Base 6.1.4.2; Linux da181dc974ad masks the row for it.

import { T, and, not, same } from '../../model/tri.js';
import { wordsOf } from '../../model/msix-words.js';
import type { Rule } from '../rule.js';
import { masksByQword } from './qword.js';
import { gates } from './state.js';

const hex = (value: number | undefined): string => `0x${(value ?? 0).toString(16)}`;

export const modifyUnmasked: Rule = {
  id: 'msix/modify-unmasked',
  severity: 'suspicious',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.2 (software must not modify an unmasked entry), 6.1.4.5 (the result is undefined)',
  summary: 'The address and data of an MSI-X entry change only while it is masked.',
  needs: ['msix.write', 'msix.ctrl'],
  on: {
    'msix.write': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      for (const { entry: number, field, value } of wordsOf(e)) {
        const entry = fn.peek(number);
        if (field === 'vc' || masksByQword(e, entry)) continue;
        const changed = not(same(entry.word(field), value));
        judge.breachIf(and(changed, fn.liveSurely(entry, e)), changed === T ? 'entry.mask' : `entry.${field}`, () => ({
          entity: entry.entity,
          sentence: `${entry.title} was rewritten while unmasked (${field} ${hex(entry.word(field))} to ${hex(value)})`,
          because: [fn.enableBy, fn.fmaskBy, entry.maskBy, entry.writeBy],
          state: gates(fn, entry),
          unless: (later) => later.kind === 'msix.ctrl' || (later.kind === 'msix.write' && later.field === 'vc'),
        }));
      }
    },
  },
};
