// A request that nothing holds back raises the chip's output. 8259A data sheet, priority resolver, INT and OCW3; QEMU pic_update_irq.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';
import { pinName } from './taken.js';

export const silentRequest: Rule = {
  id: 'pic/silent-request',
  severity: 'violation',
  class: 'deadline',
  clause: '8259A data sheet, INT output, OCW1 and OCW3 (special mask mode); QEMU pic_get_irq, pic_update_irq',
  summary: 'An 8259 raises its output when an unmasked pin is requested and nothing as high is in service.',
  needs: ['pic.in', 'pic.request', 'pic.imr'],
  on: {
    'pic.request': (e, m, judge) => {
      if (m.ctx.owed.open('pic.request', e.chip) !== undefined) judge.held();
    },
  },
  late: {
    'pic.request': ({ debt, proof }, m, judge) => {
      const chip = m.pic.chip(Number(debt.key));
      const input = debt.because.find((event) => event.kind === 'pic.in');
      judge.breach({
        entity: debt.entity,
        sentence: `${input === undefined ? 'a pin' : pinName({ chip, pin: input.pin & 7 })} is requested, and neither its mask nor what is in service holds it back, but the chip did not raise its output before ${proofText(proof)}`,
        because: [chip.imrBy, chip.modeBy, ...debt.because, debt.by],
        state: { irr: chip.irr.show(), imr: chip.imr.show(), isr: chip.isr.show() },
      });
    },
  },
};
