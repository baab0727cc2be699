// Switching an entry to edge clears Remote IRR. KVM ioapic_write_indirect, QEMU ioapic_fix_edge_remote_irr.

import { show } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { contradicts } from './register-read.js';

export const rirrSurvivesEdge: Rule = {
  id: 'ioapic/rirr-survives-edge',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM ioapic_write_indirect and QEMU ioapic_fix_edge_remote_irr: an edge-triggered entry has no Remote IRR',
  summary: 'Switching a pin to edge and back clears its Remote IRR: guests without an EOI register end interrupts that way.',
  needs: ['ioapic.rte', 'ioapic.rte.read', 'ioapic.deliver'],
  on: {
    'ioapic.rte.read': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      if (pin.cleared !== 'edge') return;
      judge.breachIf(contradicts(e, pin, m), 'remote_irr', () => ({
        entity: pin.entity,
        sentence: `Remote IRR of IOAPIC pin ${e.pin} reads 1 although the entry was switched to edge since its last delivery`,
        because: [pin.deliverBy, pin.clearedBy, pin.rteBy],
        state: { remote_irr: show(pin.rirr) },
      }));
    },
  },
};
