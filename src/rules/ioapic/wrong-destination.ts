// A pin sends its message where the entry says. 82093AA 3.2.4 bits 63:56 and 11; QEMU ioapic_entry_parse.

import { F, T, U, known, or, not, same } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const wrongDestination: Rule = {
  id: 'ioapic/wrong-destination',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4 bits 63:56 (Destination) and 11 (Destination Mode); QEMU ioapic_entry_parse',
  summary: 'The message of an IOAPIC pin goes to the destination of its redirection entry.',
  needs: ['ioapic.deliver', 'ioapic.rte', 'apic.msg'],
  on: {
    'apic.msg': (e, m, judge) => {
      const cause = m.lapics.causeOf(e);
      if (cause?.kind !== 'ioapic.deliver' || cause.seq !== e.seq - 1) return;
      const pin = m.ioapic.pin(cause.pin);
      const mode = pin.logical === U ? U : pin.logical === known(e.logical) ? F : T;
      judge.breachIf(or(not(same(pin.dst, e.dst)), mode), 'rte.destination', () => ({
        entity: pin.entity,
        sentence: `IOAPIC pin ${pin.number} sent vector ${e.vec} to destination ${e.dst} (${e.logical === 1 ? 'logical' : 'physical'}), and its entry names ${pin.dst} (${pin.logical === T ? 'logical' : 'physical'})`,
        because: [pin.rteBy, cause],
        state: { 'rte.destination': String(pin.dst ?? 'unknown') },
      }));
    },
  },
};
