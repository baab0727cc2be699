// Vectors 0 to 15 are illegal for fixed and lowest-priority messages. SDM, APIC chapter, error handling; KVM does not check.

import type { EventOf } from '../../event.js';
import { entityOf, sentBy } from '../../model/apic-requests.js';
import { isVectored } from '../../model/delivery.js';
import type { Machine } from '../../model/machine.js';
import { messageOf } from '../../model/message.js';
import { F, T } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const LEGAL_FROM = 16;
const TIMER = 0;

/** Judged where its pin delivered it; and QEMU's IOAPIC sends vector 0 for the timer before the machine's first reset has masked its entries. */
const isPins = (e: EventOf<'apic.msg'>, { causes }: Machine): boolean => causes.of(e) !== undefined || (e.vec === 0 && !causes.isFunctions(e));

/** The illegal vector that all timers ask for that may have run out now, one of them surely by its entry. */
function timersVector(by: EventOf<'apic.local'>, { lapics }: Machine): number | undefined {
  const timers = [...lapics.all()].map(([, { lvt, written }]) => ({ vec: lvt[TIMER], asks: written.hasFired(by) ? T : written.asks(TIMER) })).filter(({ asks }) => asks !== F);
  return timers.every(({ vec }) => vec !== undefined && vec < LEGAL_FROM) ? timers.find(({ asks }) => asks === T)?.vec : undefined;
}

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
    // Of a recorder that tells what was sent, and then each APIC that takes it.
    'apic.request': (_, m, judge) => {
      const { by, taken } = m.requests.delivery ?? {};
      if (by === undefined || taken !== 0 || !isVectored(by.dm)) return;
      if (by.kind === 'apic.local') {
        const vec = by.lvt === TIMER ? timersVector(by, m) : undefined;
        if (vec !== undefined) judge.breach({ entity: entityOf(by), sentence: `the timer asked for the illegal vector ${vec}, and its local APIC took it`, because: [by] });
        return;
      }
      if (by.vec >= LEGAL_FROM) return judge.held();
      if (by.kind === 'apic.msg' && isPins(by, m)) return;
      judge.breach({ entity: `vector:${by.vec}`, sentence: `a local APIC took the ${sentBy(by)}, which is illegal`, because: [by] });
    },
    'apic.accept': (e, m, judge) => {
      if (e.vec >= LEGAL_FROM || !isVectored(e.dm)) return judge.held();
      // Judged where the message was sent.
      if (m.causes.of(e) !== undefined) return;
      judge.breach({ entity: `vector:${e.vec}@cpu${e.cpu}`, sentence: `the APIC of CPU ${e.cpu} took a message with the illegal vector ${e.vec}` });
    },
  },
};
