// An eoifd names the key of a level irqfd. KVM_EOIFD patches v7, _irq_source_get_from_key.

import { T, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** ENOENT, as a call returns it. */
const NO_ENTRY = -2;
const LEVEL_IRQFD = 2;

export const unknownKey: Rule = {
  id: 'eoifd/unknown-key',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_EOIFD patches v7: the key must be that of a level irqfd, else -ENOENT',
  summary: 'An eoifd is bound only to the key of a level irqfd.',
  needs: ['kvm.eoifd.assign', 'kvm.irqfd.assign', 'kvm.irqfd.deassign', 'fd.close'],
  on: {
    'kvm.eoifd.assign': (e, m, judge) => {
      const unknown = not(m.eoifds.isLive(e.key));
      const entity = `eoifd:${e.fd}`;
      const state = { key: 'unknown' };
      if (e.ret === 0)
        return judge.breachIf(unknown, 'keys', () => ({
          entity,
          sentence: `KVM bound eoifd ${e.fd} to key ${e.key}, which no level irqfd has`,
          state,
          unless: (later) => later.kind === 'kvm.irqfd.assign' && later.key === e.key,
        }));
      if (unknown !== T || e.ret === NO_ENTRY || (e.flags & LEVEL_IRQFD) === 0) return judge.held();
      judge.breach({ entity, severity: 'info', sentence: `KVM refused key ${e.key}, which no level irqfd has, with ${e.ret} instead of ENOENT`, state });
    },
  },
};
