// VFIO masks before it signals, and signals once for each run of its handler or unmask. Linux vfio_intx_handler, vfio_send_intx_eventfd.

import { T, and, not, U, F, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const signalWhileMasked: Rule = {
  id: 'vfio/signal-while-masked',
  severity: 'violation',
  class: 'safety',
  clause: 'Linux vfio_intx_handler, vfio_send_intx_eventfd (CVE-2024-26810)',
  summary: 'A masked INTx is signalled only by the handler run that masked it, or by an unmask that finds the device asking still.',
  needs: ['vfio.irq', 'vfio.mask', 'vfio.unmask', 'efd.signal'],
  on: {
    'efd.signal': (e, m, judge) => {
      const device = m.vfio.ofSignal(e);
      if (device === undefined) return;
      const seen = m.ctx.channels.covers('vfio.irq') && m.ctx.channels.covers('vfio.unmask');
      const due: Tri = device.due === undefined || !seen ? U : device.due ? T : F;
      judge.breachIf(and(device.masked, not(due)), 'mask', () => ({
        entity: device.entity,
        sentence: `the INTx of ${device.name} is signalled while it is masked, and neither its handler nor an unmask has come since the signal before`,
        because: [device.handledBy, device.signalBy, device.maskedBy],
        state: { masked: '1' },
        unless: (later) => (later.kind === 'vfio.irq' || later.kind === 'vfio.unmask') && later.dev === device.name,
      }));
    },
  },
};
