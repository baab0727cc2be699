// A message carries what its row held at the latest unmask. PCI Express Base 6.1.4.5 (a function may cache a row, and refreshes it at unmask).

import { F, U, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { contents } from './state.js';

export const staleMessage: Rule = {
  id: 'msix/stale-message',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (cached address and data are refreshed when the vector is unmasked)',
  summary: 'An MSI-X entry sends the address and data that it holds.',
  needs: ['msix.msg', 'msix.write'],
  on: {
    'msix.msg': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const sent = `address 0x${e.addr.toString(16)} and data 0x${e.data.toString(16)}`;
      const sender = m.msix.senderOf(e);
      if (sender === 'unclear') return judge.undecided('sender');
      if (sender === 'none') {
        if (fn.enabledAt(e) === F) return;
        return judge.breach({ entity: fn.entity, sentence: `${e.fn} sent ${sent}, which none of its MSI-X entries holds`, because: [fn.enableBy] });
      }
      // What a row that may not send at all has sent is judged as that.
      if (fn.has(sender.number) === F || fn.maySend(sender, e) === F) return;
      const blurred = sender.blurred || (sender.writeBy !== undefined && m.ctx.unordered(sender.writeBy, e));
      const held = fn.holds(sender, e);
      judge.breachIf(blurred && held === F ? U : not(held), blurred ? 'entry.changed-unmasked' : 'entry.message', () => ({
        entity: sender.entity,
        sentence: `${sender.title} sent ${sent}, which it does not hold`,
        because: [sender.writeBy, sender.maskBy, fn.fmaskBy, sender.fireBy, sender.sentBy],
        state: contents(sender),
        unless: (later) => later.kind === 'msix.write' && later.fn === e.fn && later.entry === sender.number,
      }));
    },
  },
};
