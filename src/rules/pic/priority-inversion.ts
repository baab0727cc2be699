// The highest request above all that is in service is taken. 8259A data sheet, fully nested mode; KVM and QEMU pic_get_irq.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, or } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { pinName, takenBy } from './taken.js';

function judgeTaken(e: EventOf<'pic.inta'> | EventOf<'pic.poll'>, m: Machine, judge: Judge): void {
  for (const taken of takenBy(e, m)) {
    const { chip, pin, maySpurious } = taken;
    const blocked = chip.blocked(pin);
    const wrong = maySpurious ? F : or(blocked, m.pic.isSeen ? chip.outranked(pin) : F);
    judge.breachIf(wrong, 'isr', () => {
      const top = chip.highestInService();
      const fact = blocked === T ? `pin ${top}, which has no lower priority, is in service` : 'an unmasked pin of higher priority is requested';
      return {
        entity: `${chip.entity}/${pin}`,
        sentence: `${pinName(taken)} was acknowledged although ${fact}`,
        because: [chip.modeBy, chip.imrBy, chip.pins[top]?.takenBy, chip.pins[pin]?.inputBy],
        state: { isr: chip.isr.show(), irr: chip.irr.show(), imr: chip.imr.show(), 'pin of highest priority': String(chip.prio ?? 'unknown') },
      };
    });
    if (wrong === T) return;
  }
}

export const priorityInversion: Rule = {
  id: 'pic/priority-inversion',
  severity: 'violation',
  class: 'safety',
  clause: '8259A data sheet, fully nested mode, rotation and special modes; KVM and QEMU pic_get_irq',
  summary: 'An acknowledge takes the highest request, and only one above everything in service.',
  needs: ['pic.inta', 'pic.eoi'],
  on: { 'pic.inta': judgeTaken, 'pic.poll': judgeTaken },
};
