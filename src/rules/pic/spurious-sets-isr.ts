// A spurious acknowledge sets no in-service bit. 8259A data sheet, default IR7; KVM kvm_pic_read_irq and QEMU pic_read_irq acknowledge nothing then.

import { F, and, not, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { SPURIOUS_PIN } from './taken.js';

export const spuriousSetsIsr: Rule = {
  id: 'pic/spurious-sets-isr',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, default IR7; KVM kvm_pic_read_irq, QEMU pic_read_irq and pic_ioport_read (poll)',
  summary: 'An acknowledge without a request gives pin 7 and leaves its in-service bit clear.',
  needs: ['pic.in', 'pic.inta', ['pic.read', 'pic.poll']],
  on: {
    'pic.read': (e, m, judge) => {
      const chip = m.pic.chip(e.chip);
      const { spuriousBy } = chip;
      if (e.reg !== 'isr' || spuriousBy === undefined) return;
      if (!m.pic.isSeen) return judge.undecided('irr');
      const wrong: Tri = (e.val & (1 << SPURIOUS_PIN)) === 0 ? F : not(chip.isr.get(SPURIOUS_PIN));
      judge.breachIf(wrong, 'isr', () => ({
        entity: `${chip.entity}/${SPURIOUS_PIN}`,
        sentence: `ISR bit 7 of the ${chip.number === 0 ? 'master' : 'slave'} 8259 is set after an acknowledge of pin 7 that nothing had requested`,
        because: [chip.pins[SPURIOUS_PIN]?.inputBy, spuriousBy],
        state: { isr: chip.isr.show(), irr: chip.irr.show() },
      }));
    },
    'pic.poll': (e, m, judge) => {
      if (e.val !== (0x80 | SPURIOUS_PIN)) return;
      if (!m.pic.isSeen) return judge.undecided('irr');
      const chip = m.pic.chip(e.chip);
      judge.breachIf(and(not(chip.irr.get(SPURIOUS_PIN)), not(chip.requests())), 'irr', () => ({
        entity: `${chip.entity}/${SPURIOUS_PIN}`,
        sentence: `a poll of the ${chip.number === 0 ? 'master' : 'slave'} 8259 says that pin 7 is acknowledged, but nothing is requested`,
        because: [chip.pins[SPURIOUS_PIN]?.inputBy, chip.pins[SPURIOUS_PIN]?.takenBy],
        state: { irr: chip.irr.show(), imr: chip.imr.show() },
      }));
    },
  },
};
