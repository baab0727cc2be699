// Every message has a cause: a live fire, or an unmask that found the Pending bit set. PCI Express Base 6.1.4.4, 6.1.4.5.

import type { Rule } from '../rule.js';
import { judgeUnexplained } from './unexplained.js';

export const messageWithoutFire: Rule = {
  id: 'msix/message-without-fire',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.4, 6.1.4.5 (one message for an interrupt condition, or for a Pending bit at unmask)',
  summary: 'An MSI-X entry sends no more messages than its fires and Pending bits account for.',
  needs: ['msix.msg', 'msix.fire'],
  on: {
    'msix.msg': (e, m, judge) => {
      const data = `0x${e.data.toString(16)}`;
      judgeUnexplained({ e, m, judge, why: 'nothing', sentence: ({ title }) => `${title} sent a message (data ${data}) although nothing had fired it since its last one` });
    },
  },
};
