// A notification sets the queue bit of the ISR status before its interrupt goes out. VIRTIO 1.2, 4.1.4.5 and 4.1.5.3; QEMU virtio_notify, virtio_notify_irqfd.

import type { Rule } from '../rule.js';

/** QEMU prints the notification just before it sets the bit: one read may come in between, not as many, each after another notification. */
const ROUNDS = 4;

export const isrNotSet: Rule = {
  id: 'virtio/isr-not-set',
  severity: 'violation',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.4.5: the device sets the Queue Interrupt bit in the ISR status before it sends a virtqueue notification to the driver',
  summary: 'The queue bit of the ISR status reads 1 after a notification.',
  needs: ['virtio.isr.read', 'virtio.notify'],
  on: {
    'virtio.isr.read': (e, m, judge) => {
      const { isr } = m.virtio.of(e.fn);
      const { setBy } = isr;
      if (setBy === undefined) return;
      const reads = isr.unsetAt(e);
      if (reads.length === 0) return judge.held();
      if (m.ctx.unordered(setBy, e) || reads.length % ROUNDS !== 0) return judge.undecided('order');
      judge.breach({
        entity: `fn:${e.fn}`,
        sentence: `the ISR status of ${e.fn} reads ${e.val} for the ${reads.length}th time in a row, each after a notification that must have set its queue bit`,
        because: [...reads.slice(-ROUNDS), setBy],
        state: { isr: '1' },
        unless: (later) => later.kind === 'virtio.reset' && later.fn === e.fn,
      });
    },
  },
};
