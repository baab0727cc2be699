// A line that rose before its enable is looked at then. Linux vgic_mmio_write_senable; cff9211eb1a1.

import { interruptKey } from '../../model/vgic-interrupts.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const prematureEnableWedge: Rule = {
  id: 'fwd/premature-enable-wedge',
  severity: 'suspicious',
  class: 'deadline',
  clause: 'KVM vgic_mmio_write_senable: a mapped level is sampled at its enable',
  summary: 'A forwarded interrupt that was asserted before the guest enabled it is delivered once it does.',
  needs: ['vgic.map', 'vgic.flush', 'gic.in', 'gic.en', 'gic.dist', 'cpu.enter'],
  on: {
    'vgic.flush': (e, m, judge) => {
      if (m.ctx.owed.open('fwd.inject', interruptKey(e.vid, e.cpu)) !== undefined) judge.held();
    },
  },
  late: {
    'fwd.inject': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `${debt.entity} was up when the guest enabled it, and has not come into a list register up to ${proofText(proof)}: the device is dead from boot`,
        because: [...debt.because, debt.by],
        unless: (later) => later.kind === 'vgic.flush' && interruptKey(later.vid, later.cpu) === debt.key,
      }),
  },
};
