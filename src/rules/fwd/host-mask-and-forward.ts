// A forwarded interrupt needs no mask: it stays active until the guest has ended it. Forwarding was meant to replace VFIO's mask.

import { F, T, U, and, known, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const hostMaskAndForward: Rule = {
  id: 'fwd/host-mask-and-forward',
  severity: 'info',
  class: 'safety',
  clause: 'Two-step completion: the active state keeps a forwarded interrupt away (priority drop without deactivation)',
  summary: 'VFIO does not mask an interrupt that it forwards.',
  needs: ['vfio.fwd', 'vfio.mask', 'pgic.iar'],
  on: {
    'vfio.mask': (e, m, judge) => {
      const forwarded = m.forwarding.deviceOf(e.dev);
      if (forwarded === undefined || forwarded.val === 0) return;
      const by = m.forwarding.activationOf(forwarded.pid);
      const handled: Tri = by === undefined ? U : by.kind === 'pgic.iar' ? T : F;
      judge.breachIf(and(known(forwarded.val), handled), 'handler', () => ({
        entity: `dev:${e.dev}`,
        sentence: `VFIO masks ${e.dev} in its handler although its pINTID ${forwarded.pid} is forwarded: an unmask is needed that forwarding makes needless`,
        because: [...m.forwarding.mapsTo(forwarded.pid), forwarded, by],
      }));
    },
  },
};
