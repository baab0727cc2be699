// A local APIC takes only what is addressed to it. Intel SDM vol. 3, determining IPI destination, interrupt command register; KVM
// kvm_apic_match_dest; QEMU apic_get_delivery_bitmask, apic_local_deliver.

import { F, T } from '../../model/tri.js';
import { entityOf, sentBy } from '../../model/apic-requests.js';
import type { Rule } from '../rule.js';

export const acceptedUnaddressed: Rule = {
  id: 'lapic/accepted-unaddressed',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, determining IPI destination: an APIC accepts what is addressed to it, and local interrupts as their entry says',
  summary: 'No more local APICs take an IPI, a message or a local interrupt than it is addressed to.',
  needs: [
    ['apic.request', 'apic.accept'],
    ['apic.ipi', 'kvm.ipi'],
    ['apic.msg', 'kvm.msi'],
  ],
  on: {
    'apic.accept': (e, m, judge) => {
      const stray = m.ipis.strayTo(e);
      if (stray === undefined) return m.ipis.isOwed(e) ? judge.held() : undefined;
      const { ipi, known } = stray;
      // That the destination is another's lapic/wrong-apic says.
      if (m.takers.isKnown(e)) return;
      if (!m.ctx.channels.covers('ioapic.deliver')) return judge.undecided('sender');
      judge.breach({
        entity: `ipi:${ipi.shorthand === 'self' ? `self@cpu${ipi.cpu}` : ipi.dst}`,
        sentence: `CPU ${e.cpu} accepted the IPI of CPU ${ipi.cpu} with vector ${ipi.vec}, which is for ${ipi.shorthand === 'self' ? 'the sender' : `APIC ${ipi.dst}`} alone`,
        because: [ipi, known],
      });
    },
    'apic.request': (_, { requests }, judge) => {
      const { delivery } = requests;
      if (delivery === undefined || !requests.showsSenders) return judge.undecided('sender');
      const { by, most, taken, because } = delivery;
      const isIdle = by.kind === 'apic.local' && because.length > 0;
      judge.breachIf(taken >= most ? T : F, 'sender', () => ({
        entity: entityOf(by),
        sentence: isIdle
          ? `a local APIC took the ${sentBy(by)}, but no such entry asks for one: it is masked, its timer has no count, or has run out since it was last set`
          : `${taken + 1} local APICs took the ${sentBy(by)}, which at most ${most} may`,
        because: [...because, by],
      }));
    },
  },
};
