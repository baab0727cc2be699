// The Pending bit goes with the message it stood for. PCI Express Base 6.1.4.5; QEMU msix_handle_mask_update clears it and notifies.

import type { Rule } from '../rule.js';
import { judgePhantoms } from './phantom.js';
import { judgeUnexplained } from './unexplained.js';

export const pendingNotClearedAfterSend: Rule = {
  id: 'msix/pending-not-cleared-after-send',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (the Pending bit is cleared as soon as the message has been sent)',
  summary: 'A Pending bit is clear once its message has been sent.',
  needs: ['msix.msg', ['msix.fire', 'msix.pba.read']],
  on: {
    'msix.msg': (e, m, judge) => {
      judgeUnexplained({ e, m, judge, why: 'sent', sentence: ({ title }) => `${title} sent a second message at its next unmask; nothing has fired it since the first` });
    },
    'msix.pba.read': (e, m, judge) => {
      const sentence = ({ title }: { title: string }): string => `the PBA bit of ${title} reads 1 after its message was sent; nothing has fired it since`;
      judgePhantoms({ e, m, judge, applies: (cleared) => cleared === 'sent', sentence });
    },
  },
};
