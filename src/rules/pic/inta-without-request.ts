// An acknowledge takes a pin that is requested. 8259A data sheet, INTA sequence; KVM kvm_pic_read_irq, QEMU pic_read_irq.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, not, type Tri } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { pinName, takenBy } from './taken.js';

function judgeTaken(e: EventOf<'pic.inta'> | EventOf<'pic.poll'>, m: Machine, judge: Judge): void {
  for (const taken of takenBy(e, m)) {
    const { chip, pin, maySpurious } = taken;
    const history = chip.pins[pin];
    const absent: Tri = maySpurious ? F : m.pic.isSeen ? not(chip.irr.get(pin)) : U;
    judge.breachIf(absent, 'irr', () => ({
      entity: `${chip.entity}/${pin}`,
      sentence: `${pinName(taken)} was acknowledged although nothing requests it: only pin 7 answers an acknowledge without a request`,
      because: [history?.takenBy, history?.inputBy],
      state: { irr: chip.irr.show(), elcr: chip.elcr.show() },
      unless: (later) => later.kind === 'pic.in' && (later.pin & 7) === pin && m.pic.chipOf(later.pin) === chip,
    }));
    if (absent === T) return;
  }
}

export const intaWithoutRequest: Rule = {
  id: 'pic/inta-without-request',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, INTA sequence and default IR7; KVM kvm_pic_read_irq, QEMU pic_read_irq',
  summary: 'An acknowledge takes a pin that is requested, or the spurious pin 7.',
  needs: ['pic.in', 'pic.inta'],
  on: { 'pic.inta': judgeTaken, 'pic.poll': judgeTaken },
};
