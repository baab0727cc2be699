// One edge is one delivery. 82093AA, edge-triggered interrupts; QEMU ioapic_service takes the request away when it sends.

import { F, T, U, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const doubledEdge: Rule = {
  id: 'ioapic/doubled-edge',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4 bit 15 (Trigger Mode), edge; QEMU ioapic_service clears the request of an edge pin',
  summary: 'An edge-triggered pin delivers once for each request.',
  needs: ['ioapic.in', 'ioapic.deliver'],
  on: {
    'ioapic.deliver': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      if (pin.level !== F) return pin.level === U ? judge.undecided('rte.trigger') : judge.held();
      const sure = m.ctx.config.chips === 'qemu' && m.ctx.channels.covers('ioapic.in') && m.ctx.channels.covers('ioapic.rte');
      judge.breachIf(pin.isIdleEdge && pin.ignoredBy === undefined && pin.deliverBy !== undefined ? (sure ? T : U) : F, 'input', () => ({
        entity: pin.entity,
        sentence: `edge-triggered IOAPIC pin ${e.pin} delivered vector ${e.vec} twice, and was raised once`,
        because: [pin.rteBy, pin.inputBy, pin.deliverBy],
        state: { 'rte.trigger': 'edge', input: show(pin.input) },
      }));
    },
  },
};
