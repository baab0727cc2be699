// An EOI ends the highest vector in service. SDM, signalling interrupt servicing completion; KVM apic_set_eoi.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, and, not, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** Is the reported vector surely not the highest in service? A vector neither requested nor in service cannot be ended either. */
function wrong(e: EventOf<'apic.eoi'>, m: Machine): Tri {
  if (m.lapics.highestInService(e.cpu) > e.vec) return T;
  const absent = and(not(m.lapics.inService(e.cpu, e.vec)), not(m.lapics.pending(e.cpu, e.vec)));
  if (absent !== F) return absent;
  return m.lapics.of(e.cpu).highestPossiblyInService() > e.vec ? U : F;
}

export const eoiWrongVector: Rule = {
  id: 'lapic/eoi-wrong-vector',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, signalling interrupt servicing completion: EOI clears the highest bit of ISR',
  summary: 'An EOI ends the highest-priority vector in service.',
  needs: ['cpu.inject', 'apic.eoi'],
  on: {
    'apic.eoi': (e, m, judge) => {
      const lapic = m.lapics.of(e.cpu);
      if (e.vec < 0) return;
      if (!m.ctx.channels.covers('cpu.inject')) return judge.undecided('isr');
      judge.breachIf(wrong(e, m), 'isr', () => {
        const top = m.lapics.highestInService(e.cpu);
        const fact = top > e.vec ? `vector ${top} is the highest in service` : 'it is neither in service nor requested';
        return {
          entity: `vector:${e.vec}@cpu${e.cpu}`,
          sentence: `the EOI of CPU ${e.cpu} ended vector ${e.vec}, but ${fact}`,
          because: [lapic.injectBy[e.vec], lapic.eoiBy[e.vec], top < 0 ? undefined : lapic.injectBy[top]],
          state: { 'isr.highest': String(top), isr: show(lapic.bit('isr', e.vec)), irr: show(lapic.bit('irr', e.vec)) },
        };
      });
    },
  },
};
