// A level source needs a level entry. 82093AA redirection entry bit 15.

import { pin as asPin } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import { RESAMPLE } from '../../model/sources.js';
import { and, not, show } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

const PINS = 24;
/** Of the 8254, whose output is an edge (GSI 0). */
const TIMER_PIN = 2;

function judgeTimer(m: Machine, judge: Judge): void {
  const pin = m.ioapic.pin(asPin(TIMER_PIN));
  judge.breachIf(and(pin.level, not(pin.mask)), 'rte.trigger', () => ({
    entity: pin.entity,
    sentence: `the timer raised IOAPIC pin ${TIMER_PIN}, which is unmasked and level-triggered: its interrupt comes again until the timer's output falls`,
    because: [pin.rteBy],
    state: { 'rte.trigger': 'level', 'rte.mask': show(pin.mask) },
  }));
}

export const triggerMismatch: Rule = {
  id: 'ioapic/trigger-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: '82093AA redirection table entry, bit 15 (Trigger Mode)',
  summary: 'A resampling irqfd or a PCI function, which are level sources, drives a pin that the guest has programmed as level-triggered; the 8254 drives an edge-triggered one.',
  needs: [
    ['kvm.set_irq', 'intx.line'],
    ['ioapic.rte', 'ioapic.in'],
  ],
  on: {
    'intx.line': (e, m, judge) => {
      const number = Number(e.line);
      if (e.level === 1 && number === 0 && m.ctx.config.chips === 'qemu') return judgeTimer(m, judge);
      if (e.level === 0 || e.by === undefined || !(number < PINS)) return;
      const pin = m.ioapic.pin(asPin(number));
      judge.breachIf(and(not(pin.level), not(pin.mask)), 'rte.trigger', () => ({
        entity: pin.entity,
        sentence: `${e.by} asserted its INTx, whose IOAPIC pin ${number} is unmasked and edge-triggered: a second sharer's interrupt is lost`,
        because: [pin.rteBy],
        state: { 'rte.trigger': 'edge', 'rte.mask': show(pin.mask) },
      }));
    },
    'kvm.set_irq': (e, m, judge) => {
      if (e.source !== RESAMPLE || e.level === 0) return;
      const pins = m.routes.pinsOf(e.gsi);
      if (pins === undefined) return judge.undecided('route');
      for (const number of pins) {
        const pin = m.ioapic.pin(number);
        judge.breachIf(and(not(pin.level), not(pin.mask)), 'rte.trigger', () => ({
          entity: pin.entity,
          sentence: `a resampling irqfd asserted GSI ${e.gsi}, whose IOAPIC pin ${number} is unmasked and edge-triggered: a second sharer's interrupt is lost`,
          because: [pin.rteBy],
          state: { 'rte.trigger': 'edge', 'rte.mask': show(pin.mask) },
        }));
      }
    },
  },
};
