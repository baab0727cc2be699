// Vectors 0 to 15 are illegal for fixed and lowest-priority messages. SDM, APIC chapter, error handling; KVM does not check.

import { isVectored } from '../../model/delivery.js';
import { messageOf } from '../../model/message.js';
import type { Rule } from '../rule.js';

const LEGAL_FROM = 16;

export const illegalVector: Rule = {
  id: 'lapic/illegal-vector',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, valid interrupt vectors: 0 to 15 are illegal',
  summary: 'A fixed or lowest-priority message carries a vector of 16 or more.',
  needs: [],
  on: {
    'kvm.msi': (e, _, judge) => {
      if (e.its === 1) return;
      const { vec, dm } = messageOf(e);
      if (vec === undefined || dm === undefined) return judge.undecided('message');
      if (!isVectored(dm) || vec >= LEGAL_FROM) return judge.held();
      // A route that is only looked at prints the same line: a message is proved by a taker, a GSI that was set, or its call.
      const sent = e.gsi !== undefined || e.addr !== undefined;
      if (e.taken === undefined) return judge.undecided('taken');
      if (e.taken === 0 && !sent) return judge.held();
      const origin = e.gsi === undefined ? '' : ` of GSI ${e.gsi}`;
      judge.breach({
        entity: `vector:${vec}`,
        sentence: `a message${origin} carries the illegal vector ${vec}${e.taken === 0 ? '; no APIC took it' : ': the APIC that takes it never injects it'}`,
        ...(e.taken === 0 ? { severity: 'suspicious' as const } : {}),
        state: { taken: String(e.taken) },
      });
    },
    'ioapic.deliver': (e, _, judge) => {
      if (e.vec >= LEGAL_FROM) return judge.held();
      judge.breach({ entity: `pin:ioapic/${e.pin}`, sentence: `IOAPIC pin ${e.pin} delivered the illegal vector ${e.vec}` });
    },
    'apic.accept': (e, m, judge) => {
      if (e.vec >= LEGAL_FROM || !isVectored(e.dm)) return judge.held();
      // Judged where the message was sent.
      if (m.causes.of(e) !== undefined) return;
      judge.breach({ entity: `vector:${e.vec}@cpu${e.cpu}`, sentence: `the APIC of CPU ${e.cpu} took a message with the illegal vector ${e.vec}` });
    },
  },
};
