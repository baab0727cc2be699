// An SPI or LPI is on one vCPU at a time. Linux arch/arm64/kvm/vgic/vgic.c (irq->vcpu, vgic_prune_ap_list).

import type { EventOf } from '../../event.js';
import { FIRST_SPI } from '../../model/intids.js';
import type { ListRegister } from '../../model/lr-bank.js';
import type { Machine } from '../../model/machine.js';
import { F, and } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { shownRegister } from './guest-runs.js';

/** Only as a vCPU is entered: a log of hardware has the list registers of CPUs, and two VMs may each have the vINTID in those of one. */
function judgeSlot(slot: ListRegister, e: EventOf<'cpu.enter'>, m: Machine, judge: Judge): void {
  if (slot.vid < FIRST_SPI) return;
  const elsewhere = m.vgic.holders(e.stream, slot.vid).filter(({ bank }) => bank.cpu !== e.cpu);
  if (elsewhere.length === 0) judge.held();
  for (const { bank, slot: other } of elsewhere) {
    const both = and(slot.inUse, other.inUse);
    if (both === F) continue;
    judge.breachIf(both, 'state of the list registers', () => ({
      entity: `intid:${slot.vid}`,
      sentence: `vINTID ${slot.vid} is in a list register of vCPU ${e.cpu} and in one of vCPU ${bank.cpu} at once`,
      because: [other.by, bank.enteredBy, slot.by],
      state: { ...shownRegister(slot), 'other vCPU': String(bank.cpu), 'other state': shownRegister(other)['state'] ?? '' },
      unless: (later) => later.kind === 'vgic.fold' && later.cpu === bank.cpu,
    }));
  }
}

export const spiOnTwoVcpus: Rule = {
  id: 'vgic/spi-on-two-vcpus',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM vgic.c: an interrupt is on at most one ap_list (irq->vcpu)',
  summary: 'An SPI or LPI is in the list registers of one vCPU at a time.',
  needs: ['vgic.flush', 'vgic.fold', 'cpu.enter'],
  on: {
    'cpu.enter': (e, m, judge) => {
      for (const slot of m.vgic.bank(e.stream, e.cpu).slots.values()) judgeSlot(slot, e, m, judge);
    },
  },
};
