// A pin sends its message where, and as, the entry says. 82093AA 3.2.4 bits 63:56, 11 and 10:8; QEMU ioapic_entry_parse.

import { F, T, U, known, or, not, same } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const wrongDestination: Rule = {
  id: 'ioapic/wrong-destination',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4 bits 63:56 (Destination), 11 (Destination Mode) and 10:8 (Delivery Mode); QEMU ioapic_entry_parse',
  summary: 'The message of an IOAPIC pin goes to the destination of its redirection entry, in its delivery mode.',
  needs: ['ioapic.deliver', 'ioapic.rte', 'apic.msg'],
  on: {
    'apic.msg': (e, m, judge) => {
      const cause = m.causes.of(e);
      if (cause?.kind !== 'ioapic.deliver' || cause.seq !== e.seq - 1) return;
      const pin = m.ioapic.pin(cause.pin);
      const mode = pin.logical === U ? U : pin.logical === known(e.logical) ? F : T;
      const elsewhere = or(not(same(pin.dst, e.dst)), mode);
      const dm = pin.written.held('dm');
      if (elsewhere !== T && dm !== undefined && dm !== e.dm)
        return judge.breach({
          entity: pin.entity,
          sentence: `IOAPIC pin ${pin.number} sent vector ${e.vec} in delivery mode ${e.dm}, and its entry names delivery mode ${dm}`,
          because: [pin.written.by('dm'), cause],
        });
      judge.breachIf(elsewhere, 'rte.destination', () => ({
        entity: pin.entity,
        sentence: `IOAPIC pin ${pin.number} sent vector ${e.vec} to destination ${e.dst} (${e.logical === 1 ? 'logical' : 'physical'}), and its entry names ${pin.dst} (${pin.logical === T ? 'logical' : 'physical'})`,
        because: [pin.rteBy, cause],
        state: { 'rte.destination': String(pin.dst ?? 'unknown') },
      }));
    },
  },
};
