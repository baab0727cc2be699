// A freed id asserts nothing. KVM irq_comm.c (kvm_free_irq_source_id clears its bits, nobody clears one set afterwards).

import { RESAMPLE } from '../../model/sources.js';
import { F, T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const useAfterFree: Rule = {
  id: 'srcid/use-after-free',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_free_irq_source_id, kvm_set_irq',
  summary: 'An IRQ source id that was freed drives no line until it is allocated again.',
  needs: ['kvm.set_irq', 'kvm.src.free'],
  on: {
    'kvm.set_irq': (e, m, judge) => {
      if (e.source <= RESAMPLE) return;
      const { state, by } = m.sources.ids.of(e.source);
      // Only a free that was seen proves it: a kernel without the allocator has a fixed id for the PIT.
      if (by === undefined || state !== F) return state === T ? judge.held() : judge.undecided('srcid.allocated');
      judge.breachIf(m.ctx.unordered(by, e) ? U : T, 'order', () => ({
        entity: `source:${e.source}`,
        sentence: `source ${e.source} drove GSI ${e.gsi} to ${e.level === 0 ? 0 : 1} after it was freed`,
        because: [by],
        state: { 'srcid.allocated': '0' },
        unless: (later) => later.kind === 'kvm.src.alloc' && later.ret === e.source,
      }));
    },
  },
};
