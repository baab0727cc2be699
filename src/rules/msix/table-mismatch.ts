// The table is memory: it reads what was written. PCI Express Base 7.7.2 (Message Address, Upper Address, Data and the Mask bit are read-write).

import { maskBit } from '../../model/msix-entry.js';
import { T, U, not, same } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { excuses, gates } from './state.js';

const hex = (value: number): string => `0x${value.toString(16)}`;

export const tableMismatch: Rule = {
  id: 'msix/table-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 7.7.2 (Message Address, Upper Address, Data and the Mask bit are read-write)',
  summary: 'A row of the MSI-X table reads what was last written to it.',
  needs: ['msix.read', 'msix.write'],
  on: {
    'msix.read': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const entry = fn.peek(e.entry);
      // What a reset must have left there has its own rule.
      if (e.field === 'vc' && entry.maskFromReset) return;
      const value = Number(e.val & 0xffff_ffffn);
      const held = entry.word(e.field);
      const by = e.field === 'vc' ? entry.maskBy : entry.writeBy;
      // What a reset leaves may be due to one.
      const isReset = e.field === 'vc' ? maskBit(value) === T : value === 0;
      const certain = !isReset && fn.resets.shown && m.ctx.channels.covers('msix.write') && !(by !== undefined && m.ctx.unordered(by, e));
      const differs = not(same(held, e.field === 'vc' ? maskBit(value) : value));
      judge.breachIf(differs === T && !certain ? U : differs, held === undefined ? `entry.${e.field}` : 'pci.reset', () => ({
        entity: entry.entity,
        sentence: `${e.field} of ${entry.title} reads ${hex(value)}, but ${e.field === 'vc' ? `its Mask bit was ${held === 1 ? 'set' : 'clear'}` : `it held ${hex(held ?? 0)}`}, and nothing has written it since`,
        because: [by],
        state: gates(fn, entry),
        unless: excuses(e.fn, entry.number),
      }));
    },
  },
};
