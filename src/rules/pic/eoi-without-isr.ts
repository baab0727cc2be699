// An EOI with nothing in service is legal and does nothing. KVM and QEMU pic_ioport_write, OCW2.

import { F, T } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const picEoiWithoutIsr: Rule = {
  id: 'pic/eoi-without-isr',
  severity: 'info',
  class: 'resource',
  clause: '8259A data sheet, OCW2; KVM and QEMU pic_ioport_write: no bit, no effect',
  summary: 'EOIs of an 8259 with nothing in service are counted: legal, and usual after a spurious interrupt.',
  needs: ['pic.eoi', 'pic.inta'],
  on: {
    'pic.eoi': (e, m, judge) => {
      const chip = e.pin === 'ns' ? m.pic.chip(e.chip ?? 0) : m.pic.chipOf(e.pin);
      const empty = e.pin === 'ns' ? (chip.isr.may === 0 ? T : chip.isr.must === 0 ? undefined : F) : chip.isr.get(e.pin & 7) === F ? T : F;
      if (empty === undefined || !m.pic.isSeen) return judge.undecided('isr');
      if (empty === F) return judge.held();
      if (judge.repeats(chip.entity)) return;
      judge.breach({
        entity: chip.entity,
        sentence: `an EOI was written to the ${chip.number === 0 ? 'master' : 'slave'} 8259 with nothing of it in service`,
        because: [chip.spuriousBy],
        state: { isr: chip.isr.show() },
      });
    },
  },
};
