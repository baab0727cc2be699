// What an INIT leaves of a local APIC, until software writes it. Intel SDM vol. 3, local APIC state after it receives an INIT; QEMU apic_init_reset.

import { F, T } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Rule } from '../rule.js';

export const initState: Rule = {
  id: 'lapic/init-state',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, local APIC state after it receives an INIT: as after power-up, but for its id',
  summary: 'A CPU that INIT has reset finds its local APIC as a reset leaves it.',
  needs: ['apic.read', 'apic.ipi'],
  on: {
    'apic.read': (e, m, judge) => {
      const left = m.inits.of(e, m.requests.showsSenders);
      if (left === undefined) return;
      const { value, bits, by, startBy } = left;
      const name = `${e.reg.toUpperCase()}${e.word === undefined ? '' : ` ${e.word}`}`;
      judge.breachIf(((value ^ e.val) & bits) === 0 ? F : T, 'init', () => ({
        entity: m.lapics.of(e.cpu).entity,
        sentence: `${name} of CPU ${e.cpu} reads ${hex(e.val)}, but INIT leaves ${hex(value)} in its bits ${hex(bits)}, and the CPU has written nothing since`,
        because: [by, startBy],
      }));
    },
  },
};
