// A function with MSI-X off sends no MSI-X message. PCI Express Base 6.1.4.4 ("once MSI or MSI-X is enabled").

import { F, T, U, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { excuses, gates, history } from './state.js';

export const messageWhenDisabled: Rule = {
  id: 'msix/message-when-disabled',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.4 (messages are sent once MSI-X is enabled)',
  summary: 'A function whose MSI-X is disabled sends no message.',
  needs: ['msix.msg', 'msix.ctrl'],
  on: {
    'msix.msg': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const enabled = fn.enabledAt(e);
      const sender = m.msix.senderOf(e);
      if (enabled === U || (enabled === F && sender === 'unclear')) return judge.undecided(enabled === U ? 'msix.enable' : 'sender');
      if (enabled !== F) return judge.held();
      // A reset has been told of a table, and not whose Message Control it goes with.
      if (fn.enableBy?.kind === 'pci.reset' && !fn.hasControl) return judge.undecided('msix.enable');
      const row = typeof sender === 'string' ? undefined : sender;
      if (row !== undefined && fn.has(row.number) === F) return;
      judge.breachIf(row === undefined ? T : not(fn.flying(row, e)), 'fire', () => ({
        entity: row?.entity ?? fn.entity,
        sentence: `${row?.title ?? e.fn} sent a message (data 0x${e.data.toString(16)}) while MSI-X is disabled`,
        because: row === undefined ? [fn.enableBy] : history(fn, row),
        state: row === undefined ? { enable: '0' } : gates(fn, row),
        unless: excuses(e.fn, row?.number ?? -1),
      }));
    },
  },
};
