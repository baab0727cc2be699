// A Pending bit of MSI is set only while its Mask bit is. PCI Local Bus 3.0 6.8.1.7, 6.8.1.8, 6.8.3.5; PCI Express Base 6.1.4.5, 7.7.1.8; QEMU msi_notify, msi_write_config.

import { T, U } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Rule } from '../rule.js';

const MESSAGES = 32;

export const pendingWhileUnmasked: Rule = {
  id: 'msi/pending-while-unmasked',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5 and 7.7.1.8 (a message is pending while it is masked; once its Mask bit is cleared it is sent, and its Pending bit cleared)',
  summary: 'A Pending bit of the MSI capability reads 0 while its Mask bit is 0 and MSI is on.',
  needs: ['msi.pending', 'msi.mask', 'msi.ctrl', 'pci.cmd', 'pci.reset'],
  on: {
    'msi.pending': (e, m, judge) => {
      const fn = m.msi.of(e.fn);
      const pending = Array.from({ length: MESSAGES - e.first }, (_, n) => e.first + n).filter((message) => ((e.val >>> (message - e.first)) & 1) === 1);
      if (pending.length === 0) return judge.held();
      // A device that works beside the CPU may still be about to send it.
      if (fn?.maskBy === undefined || e.settled !== 1 || !m.ctx.recent(fn.maskBy, e)) return judge.undecided('msi.mask');
      const live = pending.map((message) => m.msi.isLive(fn, message, e));
      const message = pending[live.indexOf(T)];
      if (message === undefined) return live.includes(U) ? judge.undecided('msi.mask') : judge.held();
      judge.breach({
        entity: `msi:${e.fn}`,
        sentence: `message ${message} of ${e.fn} reads as pending although its Mask bit is 0: it should have been sent, and its Pending bit cleared`,
        because: [fn.masterBy, fn.by, fn.maskBy],
        state: { 'mask bits': hex(fn.masked >>> 0), mme: String(fn.mme) },
        unless: (later) => (later.kind === 'msi.mask' || later.kind === 'msi.ctrl' || later.kind === 'pci.cmd' || later.kind === 'pci.reset') && later.fn === e.fn,
      });
    },
  },
};
