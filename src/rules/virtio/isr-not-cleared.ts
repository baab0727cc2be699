// A read of the ISR status clears it. VIRTIO 1.2, 4.1.4.5; QEMU virtio_pci_isr_read, virtio_ioport_read.

import type { Rule } from '../rule.js';

export const isrNotCleared: Rule = {
  id: 'virtio/isr-not-cleared',
  severity: 'violation',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.4.5: the device resets the ISR status to 0 on driver read',
  summary: 'The queue bit of the ISR status reads 1 only if a queue has been notified since it was last read.',
  needs: ['virtio.isr.read', 'virtio.notify'],
  on: {
    'virtio.isr.read': (e, m, judge) => {
      const { isr } = m.virtio.of(e.fn);
      judge.breachIf(m.virtio.sight.notCleared(isr, e), 'notifications', () => ({
        entity: `fn:${e.fn}`,
        sentence: `the ISR status of ${e.fn} reads ${e.val} although ${isr.readBy === undefined ? 'nothing has set it' : 'it was read and nothing has set it'} since`,
        because: [isr.notifyBy, isr.readBy],
        state: { isr: '0' },
        unless: (later) => (later.kind === 'virtio.notify' || later.kind === 'virtio.config') && later.fn === e.fn,
      }));
    },
  },
};
