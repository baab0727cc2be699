// A masked input of an 8259 is not acknowledged. 8259A data sheet, IMR; KVM and QEMU pic_get_irq look at irr & ~imr.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, type Tri } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { pinName, takenBy } from './taken.js';

function judgeTaken(e: EventOf<'pic.inta'> | EventOf<'pic.poll'>, m: Machine, judge: Judge): void {
  for (const taken of takenBy(e, m)) {
    const { chip, pin, maySpurious } = taken;
    const { imrBy } = chip;
    const unsure = imrBy !== undefined && m.ctx.unordered(imrBy, e);
    const masked: Tri = maySpurious ? F : unsure ? U : chip.imr.get(pin);
    judge.breachIf(masked, 'imr', () => ({
      entity: `${chip.entity}/${pin}`,
      sentence: `${pinName(taken)} was acknowledged although IMR masks it`,
      because: [imrBy, chip.pins[pin]?.inputBy],
      state: { imr: chip.imr.show(), irr: chip.irr.show() },
    }));
    if (masked === T) return;
  }
}

export const intaMasked: Rule = {
  id: 'pic/inta-masked',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, interrupt mask register; KVM and QEMU pic_get_irq (irr & ~imr)',
  summary: 'A masked input of an 8259 is not acknowledged.',
  needs: ['pic.inta', 'pic.imr'],
  on: { 'pic.inta': judgeTaken, 'pic.poll': judgeTaken },
};
