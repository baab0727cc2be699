// The handler of an ExtINT ends it at the 8259 pair, not at the local APIC. Intel SDM vol. 3, delivery mode ExtINT.

import { F, T, U, type Tri } from '../../model/tri.js';
import type { Lapic } from '../../model/lapic-cpu.js';
import type { Rule } from '../rule.js';

/** Did the interrupted handler's vector end before the pair's interrupt did? A vector taken after the ExtINT ends before it. */
function endsInterrupted(lapic: Lapic, vec: number, isr: Tri): Tri {
  const { extBy } = lapic;
  const injectBy = lapic.injectBy[vec];
  if (extBy === undefined || vec === extBy.vec) return F;
  if (injectBy === undefined || injectBy.seq > extBy.seq) return F;
  return isr === T ? T : U;
}

export const extintEoiToLapic: Rule = {
  id: 'pic/extint-eoi-to-lapic',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, delivery mode ExtINT: the interrupt is ended at the external controller',
  summary: 'While an interrupt of the 8259 pair is handled, the local APIC is not told the end of the one it interrupted.',
  needs: ['cpu.inject', 'apic.eoi', 'pic.eoi'],
  on: {
    'apic.eoi': (e, m, judge) => {
      const { cpu, vec } = e;
      if (vec === undefined || vec < 0) return;
      const lapic = m.lapics.of(cpu);
      const ends = endsInterrupted(lapic, vec, m.lapics.inService(cpu, vec));
      judge.breachIf(ends === T && !m.ctx.channels.covers('pic.eoi') ? U : ends, 'pic.eoi', () => ({
        entity: lapic.entity,
        sentence: `CPU ${cpu} wrote EOI to its local APIC and ended vector ${vec} while it handles vector ${lapic.extBy?.vec} of the 8259 pair, which has seen no EOI`,
        because: [lapic.injectBy[vec], lapic.extBy],
        state: { 'isr.highest': String(m.lapics.highestInService(cpu)) },
      }));
    },
  },
};
