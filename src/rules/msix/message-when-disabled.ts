// A function with MSI-X off, or that may not master the bus, sends no MSI-X message. PCI Express Base 6.1.4.4 ("once MSI or MSI-X is enabled"), 7.5.1.1.3
// (Bus Master Enable 0 disables messages, too); QEMU pci_default_write_config.

import type { EventOf } from '../../event.js';
import type { Context } from '../../model/context.js';
import type { MsixEntry } from '../../model/msix-entry.js';
import type { MsixFunction } from '../../model/msix-function.js';
import { F, T, U, not } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { excuses, gates, history } from './state.js';

export const messageWhenDisabled: Rule = {
  id: 'msix/message-when-disabled',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.4 (messages are sent once MSI-X is enabled), 7.5.1.1.3 (Bus Master Enable)',
  summary: 'A function whose MSI-X or Bus Master Enable is off sends no message.',
  needs: ['msix.msg', ['msix.ctrl', 'pci.cmd']],
  on: {
    'msix.msg': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const enabled = fn.enabledAt(e);
      const sender = m.msix.senderOf(e);
      if (enabled === U || (enabled === F && sender === 'unclear')) return judge.undecided(enabled === U ? 'msix.enable' : 'sender');
      if (enabled !== F) return unmastered(fn, sender, e, m.ctx, judge);
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

/** A message may be under way while the bit is cleared, unless the device sends at once. */
function unmastered(fn: MsixFunction, sender: MsixEntry | 'unclear' | 'none', e: EventOf<'msix.msg'>, ctx: Context, judge: Judge): void {
  const master = fn.master.at(e, ctx);
  if (master === T) return judge.held();
  if (typeof sender === 'string') return judge.undecided('sender');
  judge.breachIf(master === F && fn.sendsAtOnce ? T : U, 'pci.cmd', () => ({
    entity: sender.entity,
    sentence: `${sender.title} sent a message (data 0x${e.data.toString(16)}) while Bus Master Enable of ${e.fn} is 0`,
    because: [fn.master.by, ...history(fn, sender)],
    state: { 'command.bus_master': '0', ...gates(fn, sender) },
    unless: (later) => excuses(e.fn, sender.number)(later) || (later.kind === 'pci.cmd' && later.fn === e.fn),
  }));
}
