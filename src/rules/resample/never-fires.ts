// An acknowledge of the pin lowers source 1 and signals the resamplefds. KVM virt/kvm/eventfd.c irqfd_resampler_ack.

import { RESAMPLE } from '../../model/sources.js';
import { U } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const neverFires: Rule = {
  id: 'resample/never-fires',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM API, KVM_IRQFD_FLAG_RESAMPLE; irqfd_resampler_ack',
  summary: 'The acknowledge of a GSI asserted by a resample irqfd is passed on to its resamplefd.',
  needs: ['kvm.set_irq', 'kvm.ack'],
  on: {
    'kvm.ack': (e, m, judge) => {
      const gsi = e.chip === 3 ? undefined : m.irqfds.resamplers.gsiOf(e);
      if (gsi === undefined || m.sources.level(gsi, RESAMPLE) !== U) return;
      if (m.irqfds.bindingsOf(gsi).some(({ resample }) => resample !== undefined)) judge.undecided('level of source 1');
    },
    'kvm.resample': (e, m, judge) => {
      if (m.ctx.owed.open('resample.notify', e.gsi) !== undefined) judge.held();
    },
    'kvm.set_irq': (e, m, judge) => {
      const isLowered = e.level === 0 && e.source === RESAMPLE && e.tid >= 0;
      if (isLowered && m.ctx.owed.open('resample.notify', e.gsi) !== undefined) judge.held();
    },
  },
  late: {
    'resample.notify': ({ debt, proof }, m, judge) => {
      const next = proof.kind === 'kvm.resample' || proof.kind === 'kvm.set_irq' ? m.irqfds.resamplers.latestAck(proof.gsi) : undefined;
      judge.breach({
        entity: debt.entity,
        sentence: `GSI ${debt.key} was asserted by a resample irqfd and acknowledged, but its resamplefd was not signalled before ${proofText(next ?? proof)}: the device stays masked`,
        because: [...debt.because, debt.by, next],
        state: debt.by.kind === 'kvm.ack' && debt.by.chip === 3 ? { resampler: 'registered' } : { 'source 1': '1' },
        unless: (later) => later.kind === 'kvm.resample' && later.gsi === debt.key,
      });
    },
  },
};
