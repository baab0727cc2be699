// A Pending bit is set only by a fire while masked. PCI Express Base 6.1.4.5 (polling the PBA must work).

import type { Cleared } from '../../model/msix-entry.js';
import type { Rule } from '../rule.js';
import { judgePhantoms } from './phantom.js';

/** After a reset, a message or a reason withdrawn a set bit has its own rule. */
const OTHERS: ReadonlySet<Cleared | undefined> = new Set(['reset', 'sent', 'reason']);

export const pbaMismatch: Rule = {
  id: 'msix/pba-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (a Pending bit shows an event that the function has yet to signal)',
  summary: 'A Pending bit that was clear reads 0 until its entry fires.',
  needs: ['msix.pba.read', ['msix.fire', 'msix.msg']],
  on: {
    'msix.pba.read': (e, m, judge) => {
      const sentence = ({ title }: { title: string }): string => `the PBA bit of ${title} reads 1; nothing has fired it since the bit was 0`;
      judgePhantoms({ e, m, judge, applies: (cleared) => !OTHERS.has(cleared), sentence });
    },
  },
};
