// The IOAPIC's own EOI register ends the vector that is written to it. Intel 82093AA's successors (I/O APIC EOI register); QEMU ioapic_mem_write, ioapic_eoi_broadcast.

import type { Rule } from '../rule.js';

export const ioapicEoiWrongVector: Rule = {
  id: 'ioapic/eoi-wrong-vector',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel ICH datasheets, I/O APIC EOI register: a write ends the interrupts of the entries whose vector is the one written',
  summary: "A write of the IOAPIC's EOI register ends the vector that is written.",
  needs: ['ioapic.eoi'],
  on: {
    'ioapic.eoi': (e, _m, judge) => {
      const { vec, written } = e;
      if (written === undefined) return;
      if (written === vec) return judge.held();
      judge.breach({
        entity: 'ioapic',
        sentence: `the IOAPIC's EOI register was written with vector ${written}, but vector ${vec} was ended`,
        state: { 'vector written': String(written) },
      });
    },
  },
};
