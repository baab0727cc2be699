// A level that a resampler asserted again while the pin was masked may be out of date at the unmask. KVM ioapic_write_indirect since Linux 6.4
// asks the resamplers at the unmask instead of delivering.

import { RESAMPLE } from '../../model/sources.js';
import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const reinjectWhileSourceDisabled: Rule = {
  id: 'resample/reinject-while-source-disabled',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM ioapic_write_indirect, kvm_notify_irqfd_resampler (an interrupt held pending at a masked pin)',
  summary: 'An interrupt that was asserted again while its pin was masked is sampled anew at the unmask.',
  needs: ['kvm.resample', 'kvm.set_irq', 'ioapic.rte', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      const gsi = m.routes.gsiOfPin(e.pin);
      const bit = gsi === undefined ? undefined : m.sources.bit(gsi, RESAMPLE);
      const told = gsi === undefined ? undefined : m.irqfds.resamplers.latestNotification(gsi);
      const unmask = pin.rteBy?.kind === 'ioapic.rte' && pin.rteBy.mask === 0 ? pin.rteBy : undefined;
      if (bit?.level !== T || told === undefined || unmask === undefined) return;
      const isInTurn = told.seq < bit.by.seq && bit.by.seq < unmask.seq && (pin.deliverBy === undefined || pin.deliverBy.seq < told.seq);
      if (!isInTurn) return;
      // No recorder ties the device's wire to the pin: whether it was still asserted at the unmask cannot be told.
      judge.breach({
        entity: pin.entity,
        sentence: `pin ${e.pin} delivered at its unmask what its resampler had asserted again while it was masked: one interrupt too many if the device has been served meanwhile`,
        because: [pin.deliverBy, told, bit.by, unmask],
        state: { 'source 1': '1' },
        severity: 'info',
      });
    },
  },
};
