// An acknowledge gives the vector that ICW2 set. 8259A data sheet, ICW2; KVM kvm_pic_read_irq, QEMU pic_read_irq (irq_base + irq).

import { U, not, same } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { pinName } from './taken.js';

export const wrongVector: Rule = {
  id: 'pic/wrong-vector',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, ICW2 (T7 to T3); KVM kvm_pic_read_irq, QEMU pic_read_irq',
  summary: 'An acknowledge gives the base vector of the chip plus the pin.',
  needs: ['pic.inta', 'pic.mode'],
  on: {
    'pic.inta': (e, m, judge) => {
      const chip = m.pic.chipOf(e.pin);
      const pin = e.pin & 7;
      const { base, modeBy } = chip;
      const unsure = modeBy !== undefined && m.ctx.unordered(modeBy, e);
      judge.breachIf(unsure ? U : not(same(base === undefined ? undefined : base + pin, e.vec)), 'base', () => ({
        entity: `${chip.entity}/${pin}`,
        sentence: `the acknowledge of ${pinName({ chip, pin })} gave vector ${e.vec}; its chip starts at vector ${base}`,
        because: [modeBy, chip.pins[pin]?.takenBy, chip.pins[pin]?.inputBy],
        state: { base: String(base) },
      }));
    },
  },
};
