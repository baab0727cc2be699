// Registers of a local APIC that software writes read as written. Intel SDM vol. 3, spurious-interrupt vector register and local vector table.

import type { EventOf } from '../../event.js';
import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const ENABLE = 0x100;
const VECTOR = 0xff;

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** A reset, which nobody may have recorded, leaves APIC Software Enable clear and the vectors of the local vector table 0. */
const isAsReset = ({ reg, val }: EventOf<'apic.read'>): boolean => (reg === 'svr' ? (val & ENABLE) === 0 : (val & VECTOR) === 0);

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
      const certain = !m.ctx.unordered(by, e) && (!isAsReset(e) || m.ctx.showsResetsSince(by));
      const name = e.reg === 'svr' ? 'SVR' : `entry ${e.word} of the local vector table`;
      judge.breachIf(!differs ? F : certain ? T : U, 'reset', () => ({
        entity: lapic.entity,
        sentence: `${name} of CPU ${e.cpu} reads ${hex(e.val)}, but ${hex(value)} was written to its bits ${hex(bits)}, and nothing since`,
        because: [by],
      }));
    },
  },
};
