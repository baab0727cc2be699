// First the line falls, then the resamplefds are signalled. KVM virt/kvm/eventfd.c irqfd_resampler_ack.

import { RESAMPLE } from '../../model/sources.js';
import { T, U, and, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const notifyBeforeDeassert: Rule = {
  id: 'resample/notify-before-deassert',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM irqfd_resampler_ack: kvm_set_irq(0), then the resamplefds',
  summary: 'A resamplefd is signalled after the line has been lowered.',
  needs: ['kvm.ack', 'kvm.set_irq', 'kvm.resample'],
  on: {
    'kvm.resample': (e, m, judge) => {
      const bit = m.sources.bit(e.gsi, RESAMPLE);
      const ack = m.irqfds.resamplers.latestAck(e.gsi);
      if (ack === undefined || bit === undefined || bit.by.seq > ack.seq) {
        if (bit !== undefined && ack !== undefined && bit.level !== U) judge.held();
        return;
      }
      // One thread does all of it in turn.
      const ordered: Tri = ack.tid === e.tid && m.ctx.channels.covers('kvm.set_irq') ? T : U;
      judge.breachIf(and(bit.level, ordered), 'level of source 1', () => ({
        entity: `gsi:${e.gsi}`,
        sentence: `the resamplefd of GSI ${e.gsi} was signalled while source 1 still holds the line: a new assertion would be wiped out by the late de-assertion`,
        because: [bit.by, ack],
        state: { 'source 1': show(bit.level) },
        unless: (later) => later.kind === 'kvm.set_irq' && later.gsi === e.gsi && later.source === RESAMPLE && later.level === 0,
      }));
    },
  },
};
