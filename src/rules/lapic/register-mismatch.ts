// Registers of a local APIC that software writes read as written. Intel SDM vol. 3, spurious-interrupt vector register and local vector table.

import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export const registerMismatch: Rule = {
  id: 'lapic/register-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, SVR and local vector table: vectors, delivery modes, mask bits and APIC Software Enable are read-write',
  summary: 'SVR and the local vector table read what was last written to them.',
  needs: ['apic.read', ['apic.svr', 'apic.lvt']],
  on: {
    'apic.read': (e, m, judge) => {
      const lapic = m.lapics.of(e.cpu);
      const written = lapic.written.of(e);
      if (written === undefined) return;
      const { value, bits, by } = written;
      const differs = ((value ^ e.val) & bits) !== 0;
      // A reset changes them all.
      const certain = !m.ctx.unordered(by, e) && m.ctx.surelyRecent(by, e);
      const name = e.reg === 'svr' ? 'SVR' : `entry ${e.word} of the local vector table`;
      judge.breachIf(!differs ? F : certain ? T : U, 'reset', () => ({
        entity: lapic.entity,
        sentence: `${name} of CPU ${e.cpu} reads ${hex(e.val)}, but ${hex(value)} was written to its bits ${hex(bits)}, and nothing since`,
        because: [by],
      }));
    },
  },
};
