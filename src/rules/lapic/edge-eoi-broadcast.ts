// Only the EOI of a level-triggered interrupt goes to the IOAPICs. Intel SDM vol. 3, EOI register and TMR; QEMU apic_eoi.

import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { isSeen } from './register-read.js';

export const edgeEoiBroadcast: Rule = {
  id: 'lapic/edge-eoi-broadcast',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, EOI: an EOI message is sent to the IOAPICs if the TMR bit of the vector is set',
  summary: 'The EOI of a vector that was accepted as edge-triggered is not broadcast to the IOAPICs.',
  needs: ['ioapic.eoi', 'apic.eoi', ['apic.msg', 'apic.ipi', 'apic.accept']],
  on: {
    'ioapic.eoi': (e, m, judge) => {
      if (e.cpu === undefined) return;
      const lapic = m.lapics.of(e.cpu);
      const tmr = lapic.tmr.get(e.vec);
      const certain = isSeen('tmr', true, m) && lapic.endBy !== undefined && !m.ctx.unordered(lapic.endBy, e);
      judge.breachIf(tmr === T ? F : tmr === F && certain ? T : U, 'tmr', () => ({
        entity: `vector:${e.vec}@cpu${e.cpu}`,
        sentence: `the EOI of CPU ${e.cpu} was broadcast for vector ${e.vec}, which was last accepted as edge`,
        because: [lapic.acceptBy[e.vec], lapic.endBy],
        state: { tmr: '0' },
      }));
    },
  },
};
