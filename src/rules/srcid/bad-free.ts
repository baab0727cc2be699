// Only an allocated id is freed. KVM irq_comm.c (kvm_free_irq_source_id: its assertions and its check of the range).

import { MOST_IDS, USERSPACE } from '../../model/source-ids.js';
import { T, U, not, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const badFree: Rule = {
  id: 'srcid/bad-free',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_free_irq_source_id',
  summary: 'The IRQ source id that is freed is allocated and not reserved.',
  needs: ['kvm.src.alloc', 'kvm.src.free'],
  on: {
    'kvm.src.free': (e, m, judge) => {
      const { state, by } = m.sources.ids.of(e.id);
      const bits = m.ctx.config.srcBits ?? MOST_IDS;
      const why = e.id === USERSPACE ? 'it is reserved for user space' : e.id >= bits ? `there are only ${bits} ids` : 'it is not allocated';
      const wrong: Tri = e.id === USERSPACE || e.id >= bits ? T : by !== undefined && m.ctx.unordered(by, e) ? U : not(state);
      judge.breachIf(wrong, 'srcid.allocated', () => ({
        entity: `source:${e.id}`,
        sentence: `IRQ source id ${e.id} was freed although ${why}`,
        because: [by],
        state: { 'srcid.allocated': show(state), 'srcid.bits': String(bits) },
        unless: (later) => later.kind === 'kvm.src.alloc' && later.ret === e.id,
      }));
    },
  },
};
