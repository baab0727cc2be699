// A level irqfd has one eoifd at most. KVM_EOIFD patches v7, Documentation/virtual/kvm/api.txt.

import type { Rule } from '../rule.js';

export const doubleBound: Rule = {
  id: 'eoifd/double-bound',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_EOIFD patches v7: a level irqfd may only be bound to a single eoifd',
  summary: 'A level irqfd is bound to one eoifd at a time.',
  needs: ['kvm.eoifd.assign', 'kvm.eoifd.deassign', 'fd.close', 'fd.dup'],
  on: {
    'kvm.eoifd.assign': (e, m, judge) => {
      if (e.ret !== 0) return judge.held();
      const first = m.eoifds.boundTo(e.key, e);
      if (first === undefined) return judge.undecided('descriptors');
      judge.breach({
        entity: `eoifd:${e.fd}`,
        sentence: `KVM bound eoifd ${e.fd} to key ${e.key}, to which eoifd ${first.fd} is still bound: two owners end one level`,
        because: [first.by],
        state: { bound: `eoifd ${first.fd}` },
        unless: (later) => later.kind === 'kvm.eoifd.deassign' || later.kind === 'fd.close',
      });
    },
  },
};
