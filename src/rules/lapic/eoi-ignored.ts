// A write of the EOI register is an EOI. Intel SDM vol. 3, APIC chapter, signalling interrupt servicing completion; KVM kvm_lapic_reg_write, apic_set_eoi.

import type { Rule } from '../rule.js';

export const eoiIgnored: Rule = {
  id: 'lapic/eoi-ignored',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, signalling interrupt servicing completion: a write of the EOI register ends the highest vector in service; KVM kvm_lapic_reg_write',
  summary: 'A write of the EOI register is taken as an EOI before the vCPU goes on.',
  needs: ['apic.eoi.void'],
  on: {
    'apic.eoi': (_, m, judge) => {
      // Who shows each write of a register says so.
      if (m.ctx.channels.of('apic.svr').declared) judge.held();
    },
    'apic.eoi.void': ({ cpu }, m, judge) => {
      const lapic = cpu === undefined ? undefined : m.lapics.of(cpu);
      judge.breach({
        entity: lapic?.entity ?? 'lapic:?',
        sentence: `${cpu === undefined ? 'a vCPU' : `CPU ${cpu}`} wrote the EOI register, and went on without an EOI`,
        because: [lapic?.latestBy],
      });
    },
  },
};
