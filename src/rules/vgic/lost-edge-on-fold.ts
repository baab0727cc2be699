// Edge is the only case where the pending bit is kept from a list register. Linux vgic_v3_fold_lr_state.

import { interruptKey } from '../../model/vgic-interrupts.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const lostEdgeOnFold: Rule = {
  id: 'vgic/lost-edge-on-fold',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM vgic_v3_fold_lr_state: an edge that is still pending in the list register is latched again',
  summary: 'An edge that is read back pending from a list register stays pending.',
  needs: ['vgic.flush', 'vgic.fold', 'gic.cfg', 'gic.en'],
  on: {
    'vgic.flush': (e, m, judge) => {
      if (m.ctx.owed.open('vgic.edge', interruptKey(e.vid, e.cpu)) !== undefined) judge.held();
    },
  },
  late: {
    'vgic.edge': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity} was read back pending from its list register, and at ${proofText(proof)} it is gone without having been delivered`,
        because: [...debt.because, debt.by],
        unless: (later) => later.kind === 'vgic.flush' && interruptKey(later.vid, later.cpu) === debt.key,
      }),
  },
};
