// A masked row sends nothing. PCI Express Base 6.1.4.5; QEMU msix_notify sets the Pending bit instead.

import { F, T, and, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { excuses, gates, history } from './state.js';

export const deliveredWhileMasked: Rule = {
  id: 'msix/delivered-while-masked',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (a masked vector is prohibited from sending its message)',
  summary: 'A masked MSI-X entry sends no message.',
  needs: ['msix.msg', 'msix.write'],
  on: {
    'msix.msg': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const sender = m.msix.senderOf(e);
      if (sender === 'unclear') return judge.undecided('sender');
      // With MSI-X off, or from a row that does not exist, the message has its own rule.
      if (sender === 'none' || fn.has(sender.number) === F || fn.enabledAt(e) === F) return;
      const masked = fn.maskedAt(sender, e);
      judge.breachIf(and(masked, not(fn.flying(sender, e))), masked === T ? 'fire' : 'entry.mask', () => ({
        entity: sender.entity,
        sentence: `${sender.title} sent its message while masked`,
        because: history(fn, sender),
        state: gates(fn, sender),
        unless: excuses(e.fn, sender.number),
      }));
    },
  },
};
