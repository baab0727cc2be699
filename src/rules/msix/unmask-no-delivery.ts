// Unmasking a pending row sends its message. PCI Express Base 6.1.4.5; QEMU msix_handle_mask_update.

import type { Event } from '../../event.js';
import { shownBits } from '../../model/msix-pending.js';
import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { gates, history, lateness } from './state.js';

/** The message may have come first on another CPU. */
const came =
  (entity: string) =>
  (later: Event): boolean =>
    later.kind === 'kvm.msi' || later.kind === 'efd.signal' || (later.kind === 'msix.msg' && (later.entry === undefined || entity === `msix:${later.fn}/${later.entry}`));

export const unmaskNoDelivery: Rule = {
  id: 'msix/unmask-no-delivery',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Express Base 6.1.4.5 (when software unmasks a pending vector, the function must schedule sending its message)',
  summary: 'A pending MSI-X entry sends its message when it is unmasked.',
  needs: [['msix.fire', 'msix.pba.read'], 'msix.write'],
  on: {
    'msix.msg': (e, m, judge) => {
      const sender = m.msix.senderOf(e);
      if (typeof sender !== 'string' && m.msix.debts.openedBy('msix.send', sender) !== undefined) judge.held();
    },
    'msix.pba.read': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      for (const { entry, bit } of shownBits(fn, e)) {
        const unmask = bit === 1 ? m.msix.debts.overtaken(fn, entry) : undefined;
        if (unmask === undefined || fn.liveAt(entry, e) !== T) continue;
        judge.breach({
          entity: entry.entity,
          sentence: `${entry.title} was unmasked while pending and still reads pending, while another entry has fired since and sent its message; no deadline proves it late`,
          because: [...history(fn, entry), unmask, fn.servedFireBy],
          state: gates(fn, entry),
          severity: 'suspicious',
          unless: came(entry.entity),
        });
      }
    },
  },
  late: {
    'msix.send': (lapse, m, judge) => {
      const { debt, proof } = lapse;
      const { how, state } = lateness(lapse, m, 'its PBA bit reads 0, but');
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity.replace(/^msix:/, 'MSI-X entry ')} was unmasked while pending; ${how} no message came`,
        because: [...debt.because, debt.by, proof],
        state,
        unless: came(debt.entity),
      });
    },
  },
};
