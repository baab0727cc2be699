// The end of a level SPI must be noticed if somebody resamples it: its list register asks for the maintenance interrupt.
// Linux vgic_v2_compute_lr, vgic_v3_populate_lr (GICH_LR_EOI, ICH_LR_EOI).

import { gsi } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import { FIRST_LPI, FIRST_SPI } from '../../model/intids.js';
import type { ListRegister } from '../../model/lr-bank.js';
import { F, T, U, and, not, or, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister, whenGuestRuns } from './guest-runs.js';

/** Does a resample irqfd wait for the end of the SPI? Without a routing table GSI n is SPI n + 32. */
function isResampled(slot: ListRegister, m: Machine): Tri {
  if (m.routes.by !== undefined) return U;
  const number = gsi(slot.vid - FIRST_SPI);
  return or(m.irqfds.hasResampler(number), m.irqfds.resamplers.registeredBy(number) === undefined ? F : T);
}

export const levelLrWithoutEoiMi: Rule = {
  id: 'vgic/level-lr-without-eoi-mi',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM vgic_v2_compute_lr, vgic_v3_populate_lr: a level gets the EOI bit',
  summary: 'The list register of a level SPI that a resample irqfd asserts asks for a maintenance interrupt at its end.',
  needs: ['vgic.flush', 'kvm.irqfd.assign', 'gic.cfg'],
  on: whenGuestRuns((slot, e, m, judge) => {
    if (slot.vid < FIRST_SPI || slot.vid >= FIRST_LPI || slot.hw !== F) return;
    if (slot.by.eoi === 1) return judge.held();
    const level = not(m.vgic.interrupts.of(slot.vid, undefined).edge);
    if (level === F || slot.by.eoi === undefined) return;
    judge.breachIf(and(and(level, slot.inUse), isResampled(slot, m)), 'irqfd', () => ({
      entity: `intid:${slot.vid}`,
      sentence: `list register ${slot.lr} of vCPU ${e.cpu} holds the level SPI ${slot.vid} without its EOI bit, although a resample irqfd waits for its end`,
      because: [...m.irqfds.bindingsOf(gsi(slot.vid - FIRST_SPI)).map(({ by }) => by), slot.by],
      state: { ...shownRegister(slot), EOI: '0' },
    }));
  }),
};
