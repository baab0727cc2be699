// A fire of a live row sends its message. PCI Express Base 6.1.4.4; QEMU msix_notify.

import type { Rule } from '../rule.js';
import { lateness } from './state.js';

export const lostMessage: Rule = {
  id: 'msix/lost-message',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Express Base 6.1.4.4 (an enabled, unmasked vector signals by sending its message)',
  summary: 'An enabled and unmasked MSI-X entry that fires sends its message.',
  needs: ['msix.fire'],
  on: {
    'msix.msg': (e, m, judge) => {
      const sender = m.msix.senderOf(e);
      if (typeof sender !== 'string' && m.msix.debts.openedBy('msix.message', sender) !== undefined) judge.held();
    },
  },
  late: {
    'msix.message': (lapse, m, judge) => {
      const { debt, proof } = lapse;
      const { how, state } = lateness(lapse, m, 'masked again, it is not pending, but');
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity.replace(/^msix:/, 'MSI-X entry ')} fired while enabled and unmasked; ${how} no message came`,
        because: [...debt.because, debt.by, proof],
        state,
        unless: (later) => later.kind === 'msix.msg' || later.kind === 'kvm.msi' || later.kind === 'efd.signal',
      });
    },
  },
};
