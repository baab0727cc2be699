// What is read back from a list register while its line is up must come back. Linux vgic_v3_fold_lr_state, vgic_flush_lr_state.

import { interruptKey } from '../../model/vgic-interrupts.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const lostLevelOnFold: Rule = {
  id: 'vgic/lost-level-on-fold',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM vgic_v3_fold_lr_state, vgic_flush_lr_state; 544c572e0317',
  summary: 'A level that is still up and enabled when its list register is read back gets one again at the next entries.',
  needs: ['vgic.flush', 'vgic.fold', 'gic.in', 'gic.en', 'cpu.enter'],
  on: {
    'vgic.flush': (e, m, judge) => {
      if (m.ctx.owed.open('vgic.level', interruptKey(e.vid, e.cpu)) !== undefined) judge.held();
    },
  },
  late: {
    'vgic.level': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity} was up and enabled when ${debt.by.kind} took it out of its list register, and at ${proofText(proof)} it had not been given one again although there are free ones`,
        because: [...debt.because, debt.by],
        unless: (later) => later.kind === 'vgic.flush' && interruptKey(later.vid, later.cpu) === debt.key,
      }),
  },
};
