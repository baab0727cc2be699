// A fire while masked sets the Pending bit. PCI Express Base 6.1.4.5; QEMU msix_set_pending.

import { shownBits } from '../../model/msix-pending.js';
import { F, T } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const lostPending: Rule = {
  id: 'msix/lost-pending',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 (a masked vector that would send must set its Pending bit)',
  summary: 'An MSI-X entry that fired while masked reads pending until its message goes or its reason does.',
  needs: ['msix.pba.read'],
  on: {
    'msix.pba.read': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      for (const { entry, bit } of shownBits(fn, e)) {
        if (entry.pending === F) continue;
        if (bit === 1) judge.held();
        else if (entry.pending !== T || fn.firedNear(entry, e) || fn.pending(entry, e) !== T || fn.live(entry) !== F) judge.undecided('entry.pending');
        else if (!fn.resets.shown) judge.undecided('pci.reset');
      }
    },
  },
  late: {
    'msix.pend': ({ debt, proof }, _, judge) => {
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity.replace(/^msix:/, 'MSI-X entry ')} was signalled while masked; its PBA bit reads 0`,
        because: [...debt.because, debt.by, proof],
        state: { 'entry.pending': '1', 'pba.bit': '0' },
        unless: (later) => later.kind === 'msix.reason.clear' || later.kind === 'msix.unuse' || later.kind === 'msix.unuse_all' || later.kind === 'msix.ctrl' || later.kind === 'pci.reset',
      });
    },
  },
};
