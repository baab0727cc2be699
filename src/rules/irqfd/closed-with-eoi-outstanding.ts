// The last resample irqfd of a GSI takes its level with it. KVM virt/kvm/eventfd.c irqfd_resampler_shutdown lowers source 1.

import type { EventOf } from '../../event.js';
import type { Gsi } from '../../ids.js';
import type { Removal } from '../../model/irqfd-table.js';
import type { Machine } from '../../model/machine.js';
import { RESAMPLE, USERSPACE } from '../../model/sources.js';
import { F, T, U, and, not, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** Is the line held by the irqfd that has gone, and by nothing else? One delivery that was under way may still come: an acknowledge must lie between. */
function isStuck(m: Machine, gsi: Gsi, removal: Removal, e: EventOf<'ioapic.deliver'>): Tri {
  const ack = m.irqfds.resamplers.latestAck(gsi);
  const again = ack !== undefined && ack.seq > removal.by.seq ? T : F;
  const ordered = m.ctx.unordered(removal.by, e) || !m.ctx.channels.covers('kvm.set_irq') ? U : T;
  return and(and(again, ordered), not(m.sources.level(gsi, USERSPACE)));
}

export const closedWithEoiOutstanding: Rule = {
  id: 'irqfd/closed-with-eoi-outstanding',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM irqfd_resampler_shutdown de-asserts source 1 for the last resample irqfd of a GSI',
  summary: 'The line does not stay asserted by a resample irqfd that is gone.',
  needs: ['kvm.irqfd.assign', ['kvm.irqfd.deassign', 'fd.close'], 'kvm.set_irq', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const gsi = m.routes.gsiOfPin(e.pin);
      const removal = gsi === undefined ? undefined : m.irqfds.removal(gsi, 'resample');
      if (gsi === undefined || removal === undefined) return;
      const bit = m.sources.bit(gsi, RESAMPLE);
      if (bit?.level !== T || bit.by.seq > removal.by.seq) return;
      const stuck = isStuck(m, gsi, removal, e);
      const gone = not(m.irqfds.hasResampler(gsi));
      // Behind a close a worker cleans up: until it is known to have run, the line may yet fall.
      const running = gone === U && removal.by.kind !== 'kvm.irqfd.deassign' && m.irqfds.bindingsOf(gsi).length === 0;
      judge.breachIf(running ? stuck : and(stuck, gone), 'irqfds', () => ({
        entity: `gsi:${gsi}`,
        sentence: `irqfd ${removal.binding.fd} went while GSI ${gsi} was asserted, and after the next EOI the pin delivered again${running ? '; its clean-up may still be waiting' : ': nothing will ever lower the line'}`,
        because: [removal.binding.by, bit.by, removal.by, m.irqfds.resamplers.latestAck(gsi)],
        state: { 'source 1': show(bit.level) },
        unless: (later) => later.kind === 'kvm.set_irq' && later.gsi === gsi && later.source === RESAMPLE && later.level === 0,
        ...(running ? { severity: 'info' as const } : {}),
      }));
    },
  },
};
