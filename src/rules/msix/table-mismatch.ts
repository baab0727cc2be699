// The table is memory: it reads what was written. PCI Express Base 7.7.2 (Message Address, Upper Address, Data and the Mask bit are read-write).

import { T, U, not, same } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Rule } from '../rule.js';
import { excuses, gates } from './state.js';

/** Bits that hold what is written: of the control only the mask bit, of the address all but the lowest two, which may be read-only. */
const HELD = { addr: ~3, addr_hi: ~0, data: ~0, vc: 1 } as const;

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
      const word = entry.word(e.field);
      const held = word === undefined ? undefined : (word & HELD[e.field]) >>> 0;
      const value = (Number(e.val & 0xffff_ffffn) & HELD[e.field]) >>> 0;
      const by = e.field === 'vc' ? entry.maskBy : entry.writeBy;
      // What a reset leaves may be due to one.
      const isReset = value === (e.field === 'vc' ? 1 : 0);
      const certain = !isReset && fn.resets.shown && m.ctx.channels.covers('msix.write') && !(by !== undefined && m.ctx.unordered(by, e));
      const differs = not(same(held, value));
      judge.breachIf(differs === T && !certain ? U : differs, held === undefined ? `entry.${e.field}` : 'pci.reset', () => ({
        entity: entry.entity,
        sentence: `${e.field} of ${entry.title} reads ${hex(Number(e.val))}, but ${e.field === 'vc' ? `its Mask bit was ${held === 1 ? 'set' : 'clear'}` : `it held ${hex(held ?? 0)}`}, and nothing has written it since`,
        because: [by],
        state: gates(fn, entry),
        unless: excuses(e.fn, entry.number),
      }));
    },
  },
};
