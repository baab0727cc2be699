// An id belongs to one owner. KVM irq_comm.c (kvm_request_irq_source_id and its assertions).

import { sourceId } from '../../ids.js';
import { show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const badAlloc: Rule = {
  id: 'srcid/bad-alloc',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_request_irq_source_id',
  summary: 'The IRQ source id that is handed out was free.',
  needs: ['kvm.src.alloc', 'kvm.src.free'],
  on: {
    'kvm.src.alloc': (e, m, judge) => {
      if (e.ret < 0) return;
      const id = sourceId(e.ret);
      const { state, by } = m.sources.ids.of(id);
      const owned = by === undefined ? 'reserved for user space' : 'allocated';
      judge.breachIf(state, 'srcid.allocated', () => ({
        entity: `source:${id}`,
        sentence: `IRQ source id ${id} was handed out although it is ${owned}: two owners share one level bit`,
        because: [by],
        state: { 'srcid.allocated': show(state) },
        unless: (later) => later.kind === 'kvm.src.free' && later.id === id,
      }));
    },
  },
};
