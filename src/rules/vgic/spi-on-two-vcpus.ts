// An SPI or LPI is on one vCPU at a time. Linux arch/arm64/kvm/vgic/vgic.c (irq->vcpu, vgic_prune_ap_list).

import { FIRST_SPI } from '../../model/intids.js';
import { F, and } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister, whenGuestRuns } from './guest-runs.js';

export const spiOnTwoVcpus: Rule = {
  id: 'vgic/spi-on-two-vcpus',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM vgic.c: an interrupt is on at most one ap_list (irq->vcpu)',
  summary: 'An SPI or LPI is in the list registers of one vCPU at a time.',
  needs: ['vgic.flush', 'vgic.fold'],
  on: whenGuestRuns((slot, e, m, judge) => {
    if (slot.vid < FIRST_SPI) return;
    const elsewhere = m.vgic.holders(e.stream, slot.vid).filter(({ bank }) => bank.cpu !== e.cpu);
    if (elsewhere.length === 0) judge.held();
    for (const { bank, slot: other } of elsewhere) {
      const both = and(slot.inUse, other.inUse);
      if (both === F) continue;
      judge.breachIf(both, 'state of the list registers', () => ({
        entity: `intid:${slot.vid}`,
        // A log of hardware has the list registers of CPUs: two VMs may each have the vINTID in those of one.
        severity: e.kind === 'cpu.enter' ? 'violation' : 'suspicious',
        sentence: `vINTID ${slot.vid} is in a list register of vCPU ${e.cpu} and in one of vCPU ${bank.cpu} at once`,
        because: [other.by, bank.enteredBy, slot.by],
        state: { ...shownRegister(slot), 'other vCPU': String(bank.cpu), 'other state': shownRegister(other)['state'] ?? '' },
        unless: (later) => later.kind === 'vgic.fold' && later.cpu === bank.cpu,
      }));
    }
  }),
};
