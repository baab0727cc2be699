// A key names one source id as long as an irqfd or an eoifd refers to it. KVM_EOIFD patches v7: both share one kref.

import type { Rule } from '../rule.js';

/** KVM_IRQFD_FLAG_LEVEL of those patches. */
const LEVEL = 4;

export const keyReusedWhileBound: Rule = {
  id: 'eoifd/key-reused-while-bound',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_EOIFD patches v7: irqfd and eoifd share the reference to their source id',
  summary: 'A new level irqfd gets no key that an eoifd still holds.',
  needs: ['kvm.irqfd.assign', 'kvm.eoifd.assign', 'kvm.eoifd.deassign', 'fd.close', 'fd.dup'],
  on: {
    'kvm.irqfd.assign': (e, m, judge) => {
      const { key } = e;
      if (e.ret !== 0 || (e.flags & LEVEL) === 0 || key === undefined) return;
      const holder = m.eoifds.boundTo(key, e);
      if (holder === undefined) return judge.undecided('descriptors');
      judge.breach({
        entity: `irqfd:${e.fd}`,
        sentence: `the level irqfd ${e.fd} of GSI ${e.gsi} got key ${key}, which eoifd ${holder.fd} still holds: the EOI of one device lowers the other`,
        because: [holder.by],
        state: { key: `eoifd ${holder.fd}` },
        unless: (later) => later.kind === 'kvm.eoifd.deassign' || later.kind === 'fd.close',
      });
    },
  },
};
