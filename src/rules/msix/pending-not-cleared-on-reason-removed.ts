// A masked row whose reason to interrupt is gone clears its Pending bit. PCI Express Base 6.1.4.5.

import type { Rule } from '../rule.js';
import { judgePhantoms } from './phantom.js';
import { judgeUnexplained } from './unexplained.js';

export const pendingNotClearedOnReasonRemoved: Rule = {
  id: 'msix/pending-not-cleared-on-reason-removed',
  severity: 'suspicious',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (a Pending bit whose event has been satisfied is cleared, to avoid a spurious message)',
  summary: 'A Pending bit is cleared when the reason for the interrupt goes away while the entry is masked.',
  needs: ['msix.reason.clear', 'msix.fire'],
  on: {
    'msix.msg': (e, m, judge) => {
      const sentence = ({ title }: { title: string }): string => `${title} sent a message at its unmask although the reason for it had gone while it was masked`;
      judgeUnexplained({ e, m, judge, why: 'reason', sentence });
    },
    'msix.pba.read': (e, m, judge) => {
      const sentence = ({ title }: { title: string }): string => `the PBA bit of ${title} reads 1 although the reason for the interrupt has gone`;
      judgePhantoms({ e, m, judge, applies: (cleared) => cleared === 'reason', sentence });
    },
  },
};
