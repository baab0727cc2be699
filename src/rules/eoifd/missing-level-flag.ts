// The flag that says what the key means is asked for at every call. KVM_EOIFD patches v7, Documentation/virtual/kvm/api.txt.

import type { EventOf } from '../../event.js';
import type { Judge, Rule } from '../rule.js';

/** KVM_EOIFD_FLAG_LEVEL_IRQFD. */
const LEVEL_IRQFD = 2;

function judgeFlags(e: EventOf<'kvm.eoifd.assign'> | EventOf<'kvm.eoifd.deassign'>, judge: Judge): void {
  const { flags } = e;
  if (flags === undefined) return judge.undecided('flags');
  if (e.ret !== 0 || (flags & LEVEL_IRQFD) !== 0) return judge.held();
  judge.breach({
    entity: `eoifd:${e.fd}`,
    sentence: `${e.kind === 'kvm.eoifd.assign' ? 'the assign' : 'the deassign'} of eoifd ${e.fd} was taken without the LEVEL_IRQFD flag (flags ${flags})`,
    state: { flags: String(flags) },
  });
}

export const missingLevelFlag: Rule = {
  id: 'eoifd/missing-level-flag',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM_EOIFD patches v7: flag and key must both be given on assign and on de-assign',
  summary: 'KVM_EOIFD is refused without the LEVEL_IRQFD flag.',
  needs: ['kvm.eoifd.assign', 'kvm.eoifd.deassign'],
  on: {
    'kvm.eoifd.assign': (e, _, judge) => judgeFlags(e, judge),
    'kvm.eoifd.deassign': (e, _, judge) => judgeFlags(e, judge),
  },
};
