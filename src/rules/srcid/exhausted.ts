// A source id can be had. KVM irq_comm.c (kvm_request_irq_source_id: BITS_PER_LONG ids, then -EFAULT).

import { MOST_IDS } from '../../model/source-ids.js';
import { T, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const srcidExhausted: Rule = {
  id: 'srcid/exhausted',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_request_irq_source_id ("exhaust allocatable IRQ sources")',
  summary: 'A request for an IRQ source id is granted.',
  needs: ['kvm.src.alloc'],
  on: {
    'kvm.src.alloc': (e, m, judge) => {
      if (e.ret >= 0) return judge.held();
      const { ids } = m.sources;
      const { srcBits } = m.ctx.config;
      const owners = ids.allocated();
      // A VM that is being closed may be refused for that.
      const refused = ids.isFull(srcBits ?? MOST_IDS) ? T : not(ids.closing);
      judge.breachIf(refused, 'vm', () => ({
        entity: 'srcid',
        sentence: `a request for an IRQ source id failed with ${e.ret} while ${owners.length} ids are known to be allocated`,
        because: owners.map(([, by]) => by),
        state: { 'srcid.allocated': owners.map(([id]) => id).join(' ') || 'none known', 'srcid.bits': String(srcBits ?? 'unknown') },
      }));
    },
  },
};
