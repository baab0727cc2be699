// While INTx is in use, the bit for configuration changes is set together with the wire. VIRTIO 1.2, 4.1.4.5 and 4.1.5.4; QEMU virtio_notify_config.

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const CONFIG_CHANGE = 2;

export const isrWithoutInterrupt: Rule = {
  id: 'virtio/isr-without-interrupt',
  severity: 'suspicious',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.5.4: after a configuration change the device sets the bit and sends an interrupt; 4.1.4.5: a read clears the ISR status',
  summary: 'Where INTx is in use, the ISR status tells of a configuration change only if the wire has risen.',
  needs: ['virtio.isr.read', 'intx.line'],
  on: {
    'virtio.isr.read': (e, m, judge) => {
      if ((e.val & CONFIG_CHANGE) === 0) return;
      const { lowBy } = m.virtio.of(e.fn).isr;
      judge.breachIf(lowBy === undefined ? U : m.ctx.unordered(lowBy, e) ? U : T, 'wire', () => ({
        entity: `fn:${e.fn}`,
        sentence: `the ISR status of ${e.fn} reads ${e.val}, a configuration change, but its wire was low and no line has risen since`,
        because: [lowBy],
        state: { wire: '0' },
        unless: (later) => later.kind === 'intx.line',
      }));
    },
  },
};
